# SPDX-License-Identifier: Apache-2.0
# cmake -DJSON=FILE -DOUT=FILE -P countries.cmake
# Writes what countries are called, by code: the common name, where iso-codes has one, else the short
# name of ISO 3166-1.
file(READ "${JSON}" all)
string(JSON last LENGTH "${all}" 3166-1)
math(EXPR last "${last} - 1")
set(rows "    {\"XK\", \"Kosovo\"},\n") # which ISO has not named, and everybody does who locates addresses
foreach(i RANGE ${last})
    string(JSON country GET "${all}" 3166-1 ${i})
    string(JSON code GET "${country}" alpha_2)
    string(JSON name ERROR_VARIABLE none GET "${country}" common_name)
    if(NOT none STREQUAL "NOTFOUND")
        string(JSON name GET "${country}" name)
    endif()
    if(NOT code MATCHES "^[A-Z][A-Z]$" OR name STREQUAL "" OR name MATCHES "[\"\\\\;\n]")
        message(FATAL_ERROR "${JSON}: cannot use the name of ${code}: ${name}")
    endif()
    list(APPEND rows "    {\"${code}\", \"${name}\"},\n")
endforeach()
list(SORT rows)
list(JOIN rows "" rows)
file(WRITE "${OUT}" "#include \"gateway/pages/country_name.h\"\n\n"
    "const struct country_name country_names[] = {\n${rows}};\n"
    "const size_t country_name_count = sizeof country_names / sizeof country_names[0];\n")
