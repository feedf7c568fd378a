/* SPDX-License-Identifier: Apache-2.0 */
/* Every name that a template or a word may use. One list makes the enum and the names. */
#ifndef ASSAY_PAGES_FIELDS_H
#define ASSAY_PAGES_FIELDS_H

/* "[]" is a list: each item sets the fields named after it anew. A * is chosen: {{>*name}}. */
/* clang-format off */
#define PAGE_FIELDS(X)                                                      \
    X(PAGE_LANGUAGE, "language")                                            \
    X(PAGE_ASKED, "asked")               /* there when ?lang= named it */   \
    X(PAGE_HERE, "here")                 /* this page's address, for lang= */\
    X(PAGE_CHOOSER, "languages[]")       /* tag, native */                  \
    X(PAGE_TAG, "tag")                                                      \
    X(PAGE_NATIVE, "native")             /* its own name */                 \
    X(PAGE_CLASS, "class")               /* ok, caution, bad, unchecked */  \
    X(PAGE_BRAND, "brand")                                                  \
    X(PAGE_WORD, "word")                 /* * of the class */               \
    X(PAGE_ICON, "icon")                 /* * of the class */               \
    X(PAGE_SENTENCE, "sentence")         /* * what was found */             \
    X(PAGE_MEANS, "means")               /* * what that means */            \
    X(PAGE_NEXT, "next")                 /* * what to do */                 \
    X(PAGE_COPY, "copy")                 /* * why it may be one */          \
    X(PAGE_COPY_FIGURE, "copy_figure")                                      \
    X(PAGE_ALSO, "also")                 /* there when the list has items */\
    X(PAGE_REASONS, "other_reasons[]")   /* sentence, means */              \
    X(PAGE_ACTION, "action")             /* * on the button */              \
    X(PAGE_ACTION_LINK, "action_link")                                      \
    X(PAGE_REPORT_LINK, "report_link")   /* when it is not the action */    \
    X(PAGE_OWNER_LINK, "owner_link")     /* when it is not the action */    \
    X(PAGE_OWNED, "owned")               /* there when it is registered */  \
    X(PAGE_REGISTERED, "registered")     /* since which month */            \
    X(PAGE_NAME, "name")                                                    \
    X(PAGE_MODEL, "model")                                                  \
    X(PAGE_ITEM, "item")                                                    \
    X(PAGE_PICTURE, "picture")           /* a path of this gateway */       \
    X(PAGE_PICTURE_LINK, "picture_link") /* elsewhere: only followed */     \
    X(PAGE_GTIN, "gtin")                                                    \
    X(PAGE_SERIAL, "serial")                                                \
    X(PAGE_LOT, "lot")                                                      \
    X(PAGE_VARIANT, "variant")                                              \
    X(PAGE_MADE_ON, "made_on")                                              \
    X(PAGE_EXPIRES_ON, "expires_on")                                        \
    X(PAGE_COVER, "cover")               /* * the warranty in a line */     \
    X(PAGE_COVERED, "covered")           /* there when it is covered now */ \
    X(PAGE_ENTITLEMENT, "entitlement")                                      \
    X(PAGE_COVERS, "covers")                                                \
    X(PAGE_STARTS_ON, "starts_on")                                          \
    X(PAGE_ENDS_ON, "ends_on")                                              \
    X(PAGE_ENTITLED, "entitled")         /* there when the list has items */\
    X(PAGE_ENTITLEMENTS, "entitlements[]") /* cover to ends_on */           \
    X(PAGE_RECALL_ID, "recall_id")                                          \
    X(PAGE_RECALL_TEXT, "recall_text")                                      \
    X(PAGE_RECALL_LINK, "recall_link")                                      \
    X(PAGE_LABEL, "label")               /* * what the signature says */    \
    X(PAGE_ORGANISATION, "organisation") /* that signed */                  \
    X(PAGE_KEY_STATUS, "key_status")     /* * */                            \
    X(PAGE_KID, "kid")                                                      \
    X(PAGE_ON_RECORD, "on_record")       /* * */                            \
    X(PAGE_REPAIRED, "repaired")         /* there when it was mended */     \
    X(PAGE_CODES, "codes")               /* of the reasons */               \
    X(PAGE_CHECKED_AT, "checked_at")     /* RFC 3339 */                     \
    X(PAGE_CHECKED_ON, "checked_on")     /* as people write it */           \
    X(PAGE_CLOCK, "clock")               /* "14:36" */                      \
    X(PAGE_DAY, "day")                                                      \
    X(PAGE_MONTH, "month")                                                  \
    X(PAGE_YEAR, "year")                                                    \
    X(PAGE_TYPED, "typed")                                                  \
    X(PAGE_PROBLEM, "problem")           /* * why a text is no code */      \
    X(PAGE_TITLE, "title")               /* * of an error */                \
    X(PAGE_EXPLANATION, "explanation")   /* * of an error */                \
    X(PAGE_STATUS, "status")                                                \
    X(PAGE_DETAIL, "detail")
/* clang-format on */

#define PAGE_FIELD_ENUM(id, name) id,
enum page_field { PAGE_FIELDS(PAGE_FIELD_ENUM) PAGE_FIELD_COUNT };
#undef PAGE_FIELD_ENUM

/* By enum page_field; NULL ends. */
extern const char *const page_field_names[];

#endif
