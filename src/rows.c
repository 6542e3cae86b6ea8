#include "rows.h"

#include <string.h>

void rw_change(char *whole, const rw_intp *rows, const char *values, rw_intp n, rw_intp width, rw_intp item,
               rw_loop loop, void *data)
{
    const rw_intp steps[3] = {item, item, item}, nbytes = width * item;
    for (rw_intp i = 0; i < n; i++) {
        char *row = whole + rows[i] * nbytes;
        char *args[3] = {row, (char *)values + i * nbytes, row};
        loop(args, &width, steps, data);
    }
}

void rw_replace(char *whole, const rw_intp *rows, const char *values, rw_intp n, rw_intp nbytes)
{
    for (rw_intp i = 0; i < n; i++)
        memcpy(whole + rows[i] * nbytes, values + i * nbytes, (size_t)nbytes);
}

void rw_add(char *whole, const rw_intp *rows, const char *values, rw_intp n, int single)
{
    if (single)
        for (rw_intp i = 0; i < n; i++)
            ((float *)whole)[rows[i]] += ((const float *)values)[i];
    else
        for (rw_intp i = 0; i < n; i++)
            ((double *)whole)[rows[i]] += ((const double *)values)[i];
}
