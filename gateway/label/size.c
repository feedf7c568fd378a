/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

#define MODULE_MIN_MM 0.10
#define MODULE_MAX_MM 5.0
#define MODULE_CHECKOUT_MM 0.396 /* GS1 General Specifications, symbol tables: X-dimension */

enum { DPI_MIN = 72, DPI_MAX = 2400 };

enum err
label_geometry_check(const struct label_geometry *geometry, struct fault *fault)
{
    /* Asked this way round, a NaN is refused as well. */
    if (!(geometry->module_mm >= MODULE_MIN_MM && geometry->module_mm <= MODULE_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a module of %g mm: it has to be %g to %g mm",
                         geometry->module_mm, MODULE_MIN_MM, MODULE_MAX_MM);
    if (geometry->dpi < DPI_MIN || geometry->dpi > DPI_MAX)
        return fault_set(fault, ERR_INVALID, "%u dots per inch: it has to be %d to %d",
                         geometry->dpi, DPI_MIN, DPI_MAX);
    return ERR_OK;
}

const char *
label_size_warning(double module_mm)
{
    if (module_mm < LABEL_PHONE_MM)
        return "modules under 0.33 mm are hard to read for many phones: take 0.33 or more, and a "
               "larger label where they do not fit";
    if (module_mm < MODULE_CHECKOUT_MM)
        return "modules under 0.396 mm are below the minimum that GS1 sets for checkouts: take 0.4 "
               "where a till reads them";
    return "";
}
