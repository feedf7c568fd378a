# SPDX-License-Identifier: Apache-2.0
# cmake -DWEB=DIR -DFILES=a|b|c -DOUT=FILE [-DTABLE=NAME -DHEADER=FILE] -P embed.cmake
# Writes the files as C arrays and a table of them, which HEADER declares. Comments of style sheets
# stay behind: every page carries the style.
string(REPLACE "|" ";" FILES "${FILES}")
if(NOT DEFINED TABLE)
    set(TABLE embedded_files)
    set(HEADER gateway/pages/embedded.h)
endif()
set(arrays "")
set(table "")
set(number 0)
foreach(file IN LISTS FILES)
    file(READ "${WEB}/${file}" content)
    if(file MATCHES "\\.css$")
        string(REGEX REPLACE "/\\*[^*]*\\*/\n?" "" content "${content}")
    endif()
    string(HEX "${content}" hex)
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays "static const unsigned char file_${number}[] = {\n    ${bytes}0x00};\n\n")
    string(APPEND table "    {\"${file}\", file_${number}, sizeof file_${number} - 1},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUT}" "#include \"${HEADER}\"\n\n${arrays}"
    "const struct embedded ${TABLE}[] = {\n${table}    {NULL, NULL, 0},\n};\n")
