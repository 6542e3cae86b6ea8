#include "moves.h"

#include "instructions.h"

#include <string.h>

/* --------------------------------------------------------------------------------------------------------- joining */

/* Each part is `outer` pieces, of so many bytes, that lie `whole` bytes apart in the result. */
typedef struct {
    kn_intp outer;
    size_t whole;
    int count;
    struct {
        size_t size, at;
    } parts[];
} joined_call;

typedef struct {
    const joined_call *call;
    const kn_run *run;
} joined_run;

static int alike(const kn_call *call)
{
    for (int k = 1; k < call->count; k++)
        if (call->operands[k].dtype != call->operands[0].dtype || call->operands[k].nd != call->operands[0].nd)
            return 0;
    return call->count > 0;
}

static void lay_out_parts(joined_call *c, const kn_call *call, int first, kn_result *result)
{
    c->outer = 1;
    c->whole = 0;
    c->count = call->count;
    for (int d = 0; d < first; d++)
        c->outer *= call->operands[0].dims[d];
    for (int k = 0; k < call->count; k++) {
        const kn_operand *x = &call->operands[k];
        c->parts[k].size = (size_t)x->item;
        for (int d = first; d < x->nd; d++)
            c->parts[k].size *= (size_t)x->dims[d];
        c->parts[k].at = c->whole;
        c->whole += c->parts[k].size;
    }
    result->dtype = call->operands[0].dtype;
    result->work = c->outer * (kn_intp)(c->whole / (size_t)call->operands[0].item);
}

static int take_concat(void *made, const kn_call *call, kn_result *result)
{
    if (call->number_count < 2 || !alike(call))
        return 0;
    const kn_operand *x = &call->operands[0];
    const int64_t axis = call->numbers[1] + x->nd;
    if (axis < 0 || axis >= x->nd)
        return 0;
    result->nd = x->nd;
    for (int d = 0; d < x->nd; d++)
        result->dims[d] = x->dims[d];
    for (int k = 1; k < call->count; k++) {
        for (int d = 0; d < x->nd; d++)
            if (d != axis && call->operands[k].dims[d] != x->dims[d])
                return 0;
        result->dims[axis] += call->operands[k].dims[axis];
    }
    lay_out_parts(made, call, (int)axis, result);
    return 1;
}

static int take_stack(void *made, const kn_call *call, kn_result *result)
{
    if (call->number_count != 1 || !alike(call))
        return 0;
    const kn_operand *x = &call->operands[0];
    const int64_t axis = call->numbers[0] + x->nd + 1;
    if (axis < 0 || axis > x->nd || x->nd + 1 > KN_DIMS)
        return 0;
    for (int k = 1; k < call->count; k++)
        for (int d = 0; d < x->nd; d++)
            if (call->operands[k].dims[d] != x->dims[d])
                return 0;
    for (int d = 0; d <= x->nd; d++)
        result->dims[result->nd++] = d < axis ? x->dims[d] : d == axis ? call->count : x->dims[d - 1];
    lay_out_parts(made, call, (int)axis, result);
    return 1;
}

static void join_pieces(void *context, kn_intp begin, kn_intp end)
{
    const joined_run *r = context;
    const joined_call *c = r->call;
    for (int k = 0; k < c->count; k++) {
        const size_t size = c->parts[k].size;
        const char *from = r->run->operands[k] + (size_t)begin * size;
        char *to = r->run->out + (size_t)begin * c->whole + c->parts[k].at;
        if (size == 8)
            for (kn_intp i = begin; i < end; i++, from += 8, to += c->whole)
                memcpy(to, from, 8);
        else if (size)
            for (kn_intp i = begin; i < end; i++, from += size, to += c->whole)
                memcpy(to, from, size);
    }
}

static int run_joined(const void *made, const kn_run *run)
{
    joined_run r = {made, run};
    kn_share(run, r.call->outer, join_pieces, &r);
    return 1;
}

/* ----------------------------------------------------------------------------------------------- taking by numbers */

#define MOST_INDICES 8 /* arrays of an index that are taken together */

/* x is (outer, sizes of what is indexed, inner): at each of `count` places, which have a number for each such size,
 * there are `inner` elements. */
typedef struct {
    kn_intp outer, count, whole; /* whole: how many places there are to choose from */
    size_t inner;                /* bytes */
    int first, indices, item, dtype, nd; /* first: operand that holds numbers */
    kn_intp sizes[MOST_INDICES];
    kn_intp dims[KN_DIMS];                  /* of the places */
    kn_intp strides[MOST_INDICES][KN_DIMS]; /* of the arrays over them, in elements */
    int wide[MOST_INDICES];                 /* int64, else int32 */
} take_call;

typedef struct {
    const take_call *call;
    const kn_run *run;
    const kn_intp *places; /* where each is, among `whole` */
} take_run;

/* An index of arrays behind whole axes: the operand's `shape`, and where the index begins among the attributes. The
 * shape of the places goes behind the leading axes. */
static int lay_out_index(take_call *c, const kn_call *call, const kn_intp *shape, int nd, int at, kn_result *result)
{
    int parts = 1, lead = 0, axis = 0;
    if (at >= call->number_count)
        return 0;
    if (call->numbers[at] >= KN_TUPLE && call->numbers[at] <= KN_TUPLE + KN_DIMS)
        parts = (int)(call->numbers[at++] - KN_TUPLE);
    if (call->number_count != at + parts || parts > nd)
        return 0;
    while (axis < parts && call->numbers[at + axis] == KN_WHOLE)
        axis++;
    lead = axis;
    c->indices = 0;
    c->nd = 0;
    for (; axis < parts && call->numbers[at + axis] > 0 && call->numbers[at + axis] < call->count; axis++) {
        const int64_t which = call->numbers[at + axis]; /* (an array: whole numbers are arrays in what is taken) */
        const kn_operand *x = &call->operands[which];
        if (c->indices == MOST_INDICES || which != c->first + c->indices || (x->dtype != KN_INT64 && x->dtype != KN_INT32))
            return 0;
        c->sizes[c->indices] = shape[axis];
        c->wide[c->indices++] = x->dtype == KN_INT64;
        c->nd = x->nd > c->nd ? x->nd : c->nd;
    }
    for (int k = axis; k < parts; k++)
        if (call->numbers[at + k] != KN_WHOLE)
            return 0;
    if (c->indices == 0 || c->indices != call->count - c->first || lead + c->nd + nd - axis > KN_DIMS)
        return 0;
    c->outer = c->whole = c->count = 1;
    c->inner = (size_t)c->item;
    for (int d = 0; d < c->nd; d++)
        c->dims[d] = 1;
    for (int k = 0; k < c->indices; k++) {
        const kn_operand *x = &call->operands[c->first + k];
        const int before = c->nd - x->nd;
        kn_intp step = 1;
        c->whole *= c->sizes[k];
        for (int d = c->nd - 1; d >= 0; d--) {
            const kn_intp size = d < before ? 1 : x->dims[d - before];
            c->strides[k][d] = size == 1 ? 0 : step;
            step *= size;
            if (size != 1 && c->dims[d] != 1 && c->dims[d] != size)
                return 0;
            if (size != 1)
                c->dims[d] = size;
        }
    }
    result->nd = 0;
    for (int d = 0; d < lead; d++) {
        c->outer *= shape[d];
        result->dims[result->nd++] = shape[d];
    }
    for (int d = 0; d < c->nd; d++) {
        c->count *= c->dims[d];
        result->dims[result->nd++] = c->dims[d];
    }
    for (int d = axis; d < nd; d++) {
        c->inner *= (size_t)shape[d];
        result->dims[result->nd++] = shape[d];
    }
    result->work = 2 * c->outer * c->count * (kn_intp)(c->inner / (size_t)c->item);
    result->scratch = (size_t)c->count * sizeof(kn_intp);
    return 1;
}

/* The shape that the attributes begin with; the index is behind it. */
static int shape_of_attributes(const kn_call *call, kn_intp *shape, int *nd)
{
    if (call->number_count < 3 || call->numbers[0] != KN_TUPLE + 2 || call->numbers[1] < KN_TUPLE
        || call->numbers[1] > KN_TUPLE + KN_DIMS)
        return 0;
    *nd = (int)(call->numbers[1] - KN_TUPLE);
    for (int d = 0; d < *nd; d++)
        shape[d] = (kn_intp)call->numbers[2 + d];
    return 1;
}

static int index_of_attributes(take_call *c, const kn_call *call, kn_intp *shape, int *nd, kn_result *result)
{
    const kn_operand *x = &call->operands[0];
    if (!shape_of_attributes(call, shape, nd))
        return 0;
    c->first = 1;
    c->dtype = result->dtype = x->dtype;
    c->item = x->item;
    return lay_out_index(c, call, shape, *nd, 2 + *nd, result);
}

static int take_take(void *made, const kn_call *call, kn_result *result)
{
    kn_intp shape[KN_DIMS];
    int nd;
    if (!index_of_attributes(made, call, shape, &nd, result) || nd != call->operands[0].nd)
        return 0;
    for (int d = 0; d < nd; d++)
        if (shape[d] != call->operands[0].dims[d])
            return 0;
    return 1;
}

static int take_put_added(void *made, const kn_call *call, kn_result *result)
{
    const kn_operand *g = &call->operands[0];
    kn_intp shape[KN_DIMS];
    int nd;
    if ((g->dtype != KN_FLOAT && g->dtype != KN_DOUBLE) || !index_of_attributes(made, call, shape, &nd, result)
        || result->nd != g->nd)
        return 0;
    for (int d = 0; d < g->nd; d++)
        if (g->dims[d] != result->dims[d])
            return 0;
    result->nd = nd;
    for (int d = 0; d < nd; d++)
        result->dims[d] = shape[d];
    return 1;
}

/* Where each place is of one array, whose numbers are in their order. */
#define FIND(name, type)                                                                                               \
    static int name(const take_call *c, const char *operand, kn_intp *places)                                          \
    {                                                                                                                  \
        const type *numbers = (const type *)operand;                                                                   \
        const kn_intp size = c->sizes[0];                                                                              \
        int outside = 0;                                                                                               \
        for (kn_intp i = 0; i < c->count; i++) {                                                                       \
            const kn_intp number = (kn_intp)numbers[i], place = number < 0 ? number + size : number;                   \
            outside |= place < 0 || place >= size;                                                                     \
            places[i] = place;                                                                                         \
        }                                                                                                              \
        return !outside;                                                                                               \
    }
FIND(find_of_int64, int64_t)
FIND(find_of_int32, int32_t)

/* Where each place is; 0 where one is out of bounds. */
static int find_places(const take_call *c, const kn_run *run, kn_intp *places)
{
    kn_intp index[KN_DIMS] = {0}, offset[MOST_INDICES] = {0};
    if (c->indices == 1)
        return (c->wide[0] ? find_of_int64 : find_of_int32)(c, run->operands[c->first], places);
    for (kn_intp i = 0; i < c->count; i++) {
        kn_intp place = 0;
        for (int k = 0; k < c->indices; k++) {
            const char *numbers = run->operands[c->first + k];
            kn_intp number = c->wide[k] ? (kn_intp)((const int64_t *)numbers)[offset[k]]
                                        : (kn_intp)((const int32_t *)numbers)[offset[k]];
            if (number < 0)
                number += c->sizes[k];
            if (number < 0 || number >= c->sizes[k])
                return 0;
            place = place * c->sizes[k] + number;
        }
        places[i] = place;
        for (int d = c->nd - 1; d >= 0; d--) {
            for (int k = 0; k < c->indices; k++)
                offset[k] += c->strides[k][d];
            if (++index[d] < c->dims[d])
                break;
            for (int k = 0; k < c->indices; k++)
                offset[k] -= c->strides[k][d] * c->dims[d];
            index[d] = 0;
        }
    }
    return 1;
}

/* Copies of one size are a few instructions where the compiler is told it. */
#define TAKE(size)                                                                                                     \
    for (; i < stop; i++, to += (size))                                                                                \
    memcpy(to, from + (size_t)r->places[i] * (size), (size))

static void take_places(void *context, kn_intp begin, kn_intp end)
{
    const take_run *r = context;
    const take_call *c = r->call;
    char *to = r->run->out + (size_t)begin * c->inner;
    for (kn_intp outer = begin / c->count, i = begin % c->count; begin < end; outer++, i = 0) {
        const char *from = r->run->operands[0] + (size_t)(outer * c->whole) * c->inner;
        const kn_intp stop = end - begin < c->count - i ? i + end - begin : c->count;
        begin += stop - i;
        switch (c->inner) {
        case 4:
            TAKE(4);
            break;
        case 8:
            TAKE(8);
            break;
        case 16:
            TAKE(16);
            break;
        case 32:
            TAKE(32);
            break;
        case 64:
            TAKE(64);
            break;
        default:
            TAKE(c->inner);
        }
    }
}

static int run_take(const void *made, const kn_run *run)
{
    const take_call *c = made;
    take_run r = {c, run, (const kn_intp *)run->scratch};
    if (!find_places(c, run, (kn_intp *)run->scratch))
        return 0;
    kn_share(run, c->outer * c->count, take_places, &r);
    return 1;
}

/* Outer parts have places of their own, so that no two threads write to one. */
static void add_places(void *context, kn_intp begin, kn_intp end)
{
    const take_run *r = context;
    const take_call *c = r->call;
    const kn_intp n = (kn_intp)(c->inner / (size_t)c->item);
    for (kn_intp i = begin * c->count, outer = begin, k = 0; i < end * c->count; i++, k++) {
        if (k == c->count) {
            k = 0;
            outer++;
        }
        const kn_intp to = (outer * c->whole + r->places[k]) * n, from = i * n;
        if (c->dtype == KN_FLOAT)
            for (kn_intp j = 0; j < n; j++)
                ((float *)r->run->out)[to + j] += ((const float *)r->run->operands[0])[from + j];
        else
            for (kn_intp j = 0; j < n; j++)
                ((double *)r->run->out)[to + j] += ((const double *)r->run->operands[0])[from + j];
    }
}

static int run_put_added(const void *made, const kn_run *run)
{
    const take_call *c = made;
    take_run r = {c, run, (const kn_intp *)run->scratch};
    if (!find_places(c, run, (kn_intp *)run->scratch))
        return 0;
    memset(run->out, 0, (size_t)(c->outer * c->whole) * c->inner);
    kn_share(run, c->outer, add_places, &r);
    return 1;
}

/* -------------------------------------------------------------------------------------------- other values in places */

/* The second operand's elements, in their order, go to the places of numbers; or, by an index that names none, to a
 * grid: pieces of so many bytes at distances in bytes. */
typedef struct {
    take_call by; /* (of no indices) */
    size_t whole, piece, offset;
    int nd;
    kn_intp dims[KN_DIMS], strides[KN_DIMS];
} set_call;

/* Where a slice begins and how many it takes, as Python counts. */
static int slice_of(const int64_t *bounds, kn_intp size, kn_intp *start, kn_intp *step, kn_intp *count)
{
    kn_intp ends[2];
    *step = bounds[2] == KN_ABSENT ? 1 : (kn_intp)bounds[2];
    if (*step == 0)
        return 0;
    for (int k = 0; k < 2; k++) {
        kn_intp end = (kn_intp)bounds[k];
        const kn_intp low = *step < 0 ? -1 : 0, high = *step < 0 ? size - 1 : size;
        if (bounds[k] == KN_ABSENT)
            end = (*step < 0) == (k == 0) ? high : low;
        else {
            end += end < 0 ? size : 0;
            end = end < low ? low : end > high ? high : end;
        }
        ends[k] = end;
    }
    *start = ends[0];
    if (*step > 0)
        *count = ends[1] > ends[0] ? (ends[1] - ends[0] - 1) / *step + 1 : 0;
    else
        *count = ends[0] > ends[1] ? (ends[0] - ends[1] - 1) / -*step + 1 : 0;
    return 1;
}

static int lay_out_grid(set_call *c, const kn_call *call, const kn_intp *shape, int nd, int at)
{
    const int64_t *number = call->numbers + at, *const end = call->numbers + call->number_count;
    kn_intp strides[KN_DIMS + 1];
    int axis = 0, named = 0;
    c->piece = (size_t)call->operands[0].item;
    strides[nd] = (kn_intp)c->piece;
    for (int d = nd - 1; d >= 0; d--)
        strides[d] = strides[d + 1] * shape[d];
    c->whole = nd ? (size_t)strides[0] : c->piece;
    c->offset = 0;
    c->nd = 0;
    if (number < end && *number >= KN_TUPLE && *number <= KN_TUPLE + 2 * KN_DIMS)
        number++;
    for (const int64_t *n = number; n < end; n += *n == KN_SLICE ? 4 : 1)
        named += *n != KN_ELLIPSIS && *n != KN_ABSENT;
    if (named > nd)
        return 0;
    int open = 0; /* whether an ellipsis has been there */
    for (; number < end || axis < nd;) {
        const int rest = number >= end || *number == KN_ELLIPSIS;
        int axes = rest ? nd - axis - (number < end ? named : 0) : 1;
        if (number < end && *number == KN_ABSENT)
            axes = 0;
        if (rest && number < end && open++)
            return 0;
        if (number < end && !rest && *number != KN_ABSENT)
            named--;
        if (number < end && *number == KN_ABSENT) {
            if (c->nd == KN_DIMS)
                return 0;
            c->dims[c->nd] = 1;
            c->strides[c->nd++] = 0;
        }
        for (int k = 0; k < axes; k++, axis++) {
            kn_intp start = 0, step = 1, count = shape[axis];
            const int64_t what = rest ? KN_WHOLE : *number;
            if (what == KN_SLICE && (end - number < 4 || !slice_of(number + 1, shape[axis], &start, &step, &count)))
                return 0;
            if (what != KN_SLICE && what != KN_WHOLE) { /* a number */
                start = what < 0 ? (kn_intp)what + shape[axis] : (kn_intp)what;
                if (start < 0 || start >= shape[axis])
                    return 0;
            } else {
                if (c->nd == KN_DIMS)
                    return 0;
                c->dims[c->nd] = count;
                c->strides[c->nd++] = step * strides[axis + 1];
            }
            c->offset += (size_t)(start * strides[axis + 1]);
        }
        if (number < end)
            number += *number == KN_SLICE ? 4 : 1;
    }
    return 1;
}

static int take_set(void *made, const kn_call *call, kn_result *result)
{
    set_call *c = made;
    const kn_operand *x = &call->operands[0], *v = &call->operands[1];
    kn_intp shape[KN_DIMS];
    const kn_intp *dims = result->dims;
    int nd;
    if (call->count < 2 || x->dtype != v->dtype || !shape_of_attributes(call, shape, &nd) || nd != x->nd)
        return 0;
    for (int d = 0; d < nd; d++)
        if (shape[d] != x->dims[d])
            return 0;
    c->by.indices = 0;
    if (call->count > 2) {
        c->by.first = 2;
        c->by.item = x->item;
        if (!lay_out_index(&c->by, call, shape, nd, 2 + nd, result))
            return 0;
        c->whole = (size_t)(c->by.outer * c->by.whole) * c->by.inner;
        if (v->nd != result->nd)
            return 0;
    } else if (!lay_out_grid(c, call, shape, nd, 2 + nd) || v->nd != c->nd)
        return 0;
    else
        dims = c->dims;
    for (int d = 0; d < v->nd; d++)
        if (v->dims[d] != dims[d])
            return 0;
    result->dtype = x->dtype;
    result->nd = nd;
    for (int d = 0; d < nd; d++)
        result->dims[d] = shape[d];
    result->work = (kn_intp)(c->whole / (size_t)x->item);
    for (; c->by.indices == 0 && c->nd && c->strides[c->nd - 1] == (kn_intp)c->piece; c->nd--)
        c->piece *= (size_t)c->dims[c->nd - 1];
    return 1;
}

static void set_grid(const set_call *c, char *out, const char *values)
{
    kn_intp index[KN_DIMS] = {0};
    const kn_intp count = c->nd ? c->dims[c->nd - 1] : 1, stride = c->nd ? c->strides[c->nd - 1] : 0;
    for (int d = 0; d < c->nd; d++)
        if (c->dims[d] == 0)
            return;
    for (int d = 0; d >= 0;) {
        char *to = out;
        if (c->piece == 8)
            for (kn_intp i = 0; i < count; i++, to += stride, values += 8)
                memcpy(to, values, 8);
        else
            for (kn_intp i = 0; i < count; i++, to += stride, values += c->piece)
                memcpy(to, values, c->piece);
        for (d = c->nd - 2; d >= 0; d--) {
            out += c->strides[d];
            if (++index[d] < c->dims[d])
                break;
            out -= c->strides[d] * c->dims[d];
            index[d] = 0;
        }
    }
}

static int run_set(const void *made, const kn_run *run)
{
    const set_call *c = made;
    const take_call *by = &c->by;
    const kn_intp *places = (const kn_intp *)run->scratch;
    if (by->indices && !find_places(by, run, (kn_intp *)run->scratch))
        return 0;
    memcpy(run->out, run->operands[0], c->whole);
    if (!by->indices)
        set_grid(c, run->out + c->offset, run->operands[1]);
    else
        for (kn_intp outer = 0, i = 0; outer < by->outer; outer++) /* (of two for one place the last stays) */
            for (kn_intp k = 0; k < by->count; k++, i++)
                memcpy(run->out + (size_t)(outer * by->whole + places[k]) * by->inner,
                       run->operands[1] + (size_t)i * by->inner, by->inner);
    return 1;
}

/* ---------------------------------------------------------------------------------------------------------- repeating */

/* x is (outer, size, inner), and its elements along the axis are repeated so many times. */
typedef struct {
    kn_intp outer, size, inner, count;
    int dtype, item;
} repeat_call;

typedef struct {
    const repeat_call *call;
    const kn_run *run;
} repeat_run;

/* Attributes: how often, the axis, and its length. */
static int lay_out_repeat(repeat_call *c, const kn_call *call, int back, kn_result *result)
{
    const kn_operand *x = &call->operands[0];
    kn_intp length;
    if (call->count != 1 || call->number_count != 4 || call->numbers[0] != KN_TUPLE + 3 || call->numbers[1] < 0
        || !kn_around(x, call->numbers[2], &c->outer, &length, &c->inner))
        return 0;
    c->count = (kn_intp)call->numbers[1];
    c->size = (kn_intp)call->numbers[3];
    c->dtype = x->dtype;
    c->item = x->item;
    if (length != (back ? c->size * c->count : c->size))
        return 0;
    result->dtype = x->dtype;
    result->nd = x->nd;
    for (int d = 0; d < x->nd; d++)
        result->dims[d] = x->dims[d];
    result->dims[x->nd + call->numbers[2]] = back ? c->size : c->size * c->count;
    result->work = c->outer * c->size * c->count * c->inner;
    return 1;
}

static int take_repeat(void *made, const kn_call *call, kn_result *result)
{
    return lay_out_repeat(made, call, 0, result);
}

static int take_repeats_added(void *made, const kn_call *call, kn_result *result)
{
    const int dtype = call->operands[0].dtype;
    return (dtype == KN_FLOAT || dtype == KN_DOUBLE) && lay_out_repeat(made, call, 1, result);
}

#define REPEAT(size)                                                                                                   \
    for (kn_intp i = begin; i < end; i++, from += (size))                                                              \
        for (kn_intp k = 0; k < count; k++, to += (size))                                                              \
    memcpy(to, from, (size))

static void repeat_pieces(void *context, kn_intp begin, kn_intp end)
{
    const repeat_run *r = context;
    const kn_intp count = r->call->count;
    const size_t size = (size_t)r->call->inner * (size_t)r->call->item;
    const char *from = r->run->operands[0] + (size_t)begin * size;
    char *to = r->run->out + (size_t)(begin * count) * size;
    switch (size) {
    case 4:
        REPEAT(4);
        break;
    case 8:
        REPEAT(8);
        break;
    case 16:
        REPEAT(16);
        break;
    case 32:
        REPEAT(32);
        break;
    default:
        REPEAT(size);
    }
}

#define RUN 16    /* copies that are added up one after the other, before they are added to those before them */
#define BESIDE 64 /* elements that are added up side by side; */
#define FEW 8     /* fewer are added up one by one, in the same order */

#define ADD_COPIES(type, name)                                                                                         \
    IN_KERNEL(void, add_copies_##name, (const repeat_call *c, const type *g, type *out), (c, g, out))                  \
    {                                                                                                                  \
        const kn_intp inner = c->inner, count = c->count;                                                              \
        for (kn_intp i = 0; inner < FEW && i < inner; i++) {                                                           \
            type total = g[i];                                                                                         \
            for (kn_intp j = 1; j < count && j < RUN; j++)                                                             \
                total += g[j * inner + i];                                                                             \
            for (kn_intp k = RUN; k < count; k += RUN) {                                                               \
                type run = g[k * inner + i];                                                                           \
                for (kn_intp j = k + 1; j < count && j < k + RUN; j++)                                                 \
                    run += g[j * inner + i];                                                                           \
                total += run;                                                                                          \
            }                                                                                                          \
            out[i] = total;                                                                                            \
        }                                                                                                              \
        for (kn_intp from = 0; inner >= FEW && from < inner; from += BESIDE) {                                         \
            const kn_intp n = inner - from < BESIDE ? inner - from : BESIDE;                                           \
            type run[BESIDE], total[BESIDE];                                                                           \
            for (kn_intp k = 0; k < count; k += RUN) {                                                                 \
                const kn_intp stop = count - k < RUN ? count : k + RUN;                                                \
                memcpy(run, g + k * inner + from, (size_t)n * sizeof(type));                                           \
                for (kn_intp j = k + 1; j < stop; j++)                                                                 \
                    for (kn_intp i = 0; i < n; i++)                                                                    \
                        run[i] += g[j * inner + from + i];                                                             \
                for (kn_intp i = 0; i < n; i++)                                                                        \
                    total[i] = k ? total[i] + run[i] : run[i];                                                         \
            }                                                                                                          \
            memcpy(out + from, total, (size_t)n * sizeof(type));                                                       \
        }                                                                                                              \
    }
ADD_COPIES(float, f32)
ADD_COPIES(double, f64)

static void add_pieces(void *context, kn_intp begin, kn_intp end)
{
    const repeat_run *r = context;
    const repeat_call *c = r->call;
    for (kn_intp i = begin; i < end; i++)
        if (c->dtype == KN_FLOAT)
            add_copies_f32(c, (const float *)r->run->operands[0] + i * c->count * c->inner,
                           (float *)r->run->out + i * c->inner);
        else
            add_copies_f64(c, (const double *)r->run->operands[0] + i * c->count * c->inner,
                           (double *)r->run->out + i * c->inner);
}

static int run_repeat(const void *made, const kn_run *run)
{
    repeat_run r = {made, run};
    kn_share(run, r.call->outer * r.call->size, repeat_pieces, &r);
    return 1;
}

static int run_repeats_added(const void *made, const kn_run *run)
{
    repeat_run r = {made, run};
    if (r.call->count == 0)
        memset(run->out, 0, (size_t)(r.call->outer * r.call->size * r.call->inner) * (size_t)r.call->item);
    else
        kn_share(run, r.call->outer * r.call->size, add_pieces, &r);
    return 1;
}

/* --------------------------------------------------------------------------------------------------- along an axis */

/* x is (outer, n, inner), and places (outer, m, inner), or fewer of the outer axes, which they then repeat. */
typedef struct {
    kn_intp outer, n, m, inner, own;
    int item, wide;
} along_call;

/* The attributes are the axis, its length, and the places. */
static int lay_out_along(along_call *c, const kn_call *call, kn_result *result)
{
    if (call->count != 2 || call->number_count != 4 || call->numbers[0] != KN_TUPLE + 3)
        return 0;
    const kn_operand *x = &call->operands[0], *p = &call->operands[1];
    const int64_t axis = call->numbers[1];
    kn_intp outer, inner;
    if ((p->dtype != KN_INT64 && p->dtype != KN_INT32) || p->nd > x->nd
        || !kn_around(x, axis, &c->outer, &c->n, &c->inner) || !kn_around(p, axis, &outer, &c->m, &inner) || inner != c->inner)
        return 0;
    for (int d = 0; d < p->nd; d++)
        if (d != p->nd + axis && p->dims[d] != x->dims[x->nd - p->nd + d])
            return 0;
    c->own = outer;
    c->item = x->item;
    c->wide = p->dtype == KN_INT64;
    result->dtype = x->dtype;
    result->nd = x->nd;
    for (int d = 0; d < x->nd; d++)
        result->dims[d] = x->dims[d];
    result->work = 2 * c->outer * c->m * c->inner;
    return 1;
}

static int take_take_along(void *made, const kn_call *call, kn_result *result)
{
    along_call *c = made;
    if (!lay_out_along(c, call, result) || call->numbers[2] != c->n)
        return 0;
    result->dims[result->nd + call->numbers[1]] = c->m;
    return 1;
}

static int take_put_along(void *made, const kn_call *call, kn_result *result)
{
    along_call *c = made;
    if (!lay_out_along(c, call, result) || c->n != c->m)
        return 0;
    c->n = (kn_intp)call->numbers[2];
    result->dims[result->nd + call->numbers[1]] = c->n;
    return 1;
}

static int run_along_axis(const along_call *c, const kn_run *run, int back)
{
    const char *numbers = run->operands[1];
    const kn_intp all = c->own * c->m * c->inner;
    for (kn_intp i = 0; i < all; i++) {
        const int64_t number = c->wide ? ((const int64_t *)numbers)[i] : ((const int32_t *)numbers)[i];
        if (number < -c->n || number >= c->n)
            return 0;
    }
    if (back)
        memset(run->out, 0, (size_t)(c->outer * c->n * c->inner) * (size_t)c->item);
    for (kn_intp o = 0; o < c->outer; o++)
        for (kn_intp i = 0; i < c->m * c->inner; i++) {
            const kn_intp at = o % c->own * c->m * c->inner + i;
            kn_intp number = (kn_intp)(c->wide ? ((const int64_t *)numbers)[at] : ((const int32_t *)numbers)[at]);
            number += number < 0 ? c->n : 0;
            const size_t there = (size_t)((o * c->n + number) * c->inner + i % c->inner) * (size_t)c->item;
            const size_t here = (size_t)(o * c->m * c->inner + i) * (size_t)c->item;
            memcpy(run->out + (back ? there : here), run->operands[0] + (back ? here : there), (size_t)c->item);
        }
    return 1;
}

static int run_take_along(const void *made, const kn_run *run)
{
    return run_along_axis(made, run, 0);
}

static int run_put_along(const void *made, const kn_run *run)
{
    return run_along_axis(made, run, 1);
}

#define EACH sizeof(((joined_call *)0)->parts[0])
const kn_kernel mv_concat = {"concat", sizeof(joined_call), EACH, 1, take_concat, run_joined};
const kn_kernel mv_stack = {"stack", sizeof(joined_call), EACH, 1, take_stack, run_joined};
const kn_kernel mv_take = {"take", sizeof(take_call), 0, 1, take_take, run_take};
const kn_kernel mv_put_added = {"put_added", sizeof(take_call), 0, 1, take_put_added, run_put_added};
const kn_kernel mv_set = {"set", sizeof(set_call), 0, 1, take_set, run_set};
const kn_kernel mv_repeat = {"repeat", sizeof(repeat_call), 0, 1, take_repeat, run_repeat};
const kn_kernel mv_repeats_added = {"repeats_added", sizeof(repeat_call), 0, 1, take_repeats_added, run_repeats_added};
const kn_kernel mv_take_along = {"take_along", sizeof(along_call), 0, 1, take_take_along, run_take_along};
const kn_kernel mv_put_along = {"put_along", sizeof(along_call), 0, 1, take_put_along, run_put_along};
