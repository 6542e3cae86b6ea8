#include "ordering.h"

#include "workers.h"

#include <string.h>

#define PARTS 16         /* of the work, each with scratch of its own */
#define BESIDE 16        /* lines that are copied at once */
#define FEW 16           /* elements that are put in order one by one */
#define LONGEST (1 << 18) /* elements of which some may differ in no leading bit */
#define RANKS 16
#define RANKED 1024 /* elements of a line up to which sorting it all is as quick as to look for some ranks */

enum { VALUES, PLACES };

/* x is (outer, n, inner); of each line along n the result holds `kept` elements: the first of the order, or `ranks`. */
typedef struct {
    kn_intp outer, n, inner, kept;
    int dtype, item;      /* of the operand */
    int what, descending;
    int to, to_item;      /* of the result */
    int rank_count;
    kn_intp ranks[RANKS];
} order_call;

typedef struct {
    const order_call *call;
    const kn_run *run;
    int failed;
} order_run;

static inline void move(char *to, const char *from, int item)
{
    if (item == 8)
        memcpy(to, from, 8);
    else if (item == 4)
        memcpy(to, from, 4);
    else
        memcpy(to, from, (size_t)item);
}

/* -------------------------------------------------------------------------------------------------- order of one line */

/* NaN counts as larger than everything. (Integers are equal to themselves.) */
#define BEFORE(a, b) ((a) < (b) || ((b) != (b) && (a) == (a)))

#define REALS(type, name)                                                                                              \
    /* Few elements, each put where it belongs among those before it. */                                               \
    static void few_##name(const type *x, kn_intp n, int64_t *places)                                                  \
    {                                                                                                                  \
        for (kn_intp i = 0; i < n; i++) {                                                                              \
            kn_intp k = i;                                                                                             \
            for (; k > 0 && BEFORE(x[i], x[places[k - 1]]); k--)                                                       \
                places[k] = places[k - 1];                                                                             \
            places[k] = i;                                                                                             \
        }                                                                                                              \
    }                                                                                                                  \
    /* The largest few of many, the largest first: each that is larger than the last of them finds its place. */       \
    static void largest_##name(const type *x, kn_intp n, kn_intp kept, int64_t *places)                                \
    {                                                                                                                  \
        kn_intp count = 0;                                                                                             \
        for (kn_intp i = 0; i < n; i++) {                                                                              \
            kn_intp k = count;                                                                                         \
            if (count == kept && !BEFORE(x[places[kept - 1]], x[i]))                                                   \
                continue;                                                                                              \
            count += count < kept;                                                                                     \
            for (k = count - 1; k > 0 && BEFORE(x[places[k - 1]], x[i]); k--)                                          \
                places[k] = places[k - 1];                                                                             \
            places[k] = i;                                                                                             \
        }                                                                                                              \
    }                                                                                                                  \
    /* By sorting whole numbers that hold the leading bits of an element and its place, which takes a fraction of the  \
     * time. 0 where elements differ in bits that are left out only, or there is a NaN. */                             \
    static int packed_##name(const type *x, kn_intp n, int64_t *places)                                                \
    {                                                                                                                  \
        int64_t within = 1, bits;                                                                                      \
        while (within < n - 1)                                                                                         \
            within = 2 * within + 1;                                                                                   \
        for (kn_intp i = 0; i < n; i++) {                                                                              \
            const double value = (double)x[i] + 0.0; /* (-0.0 is made 0.0) */                                          \
            memcpy(&bits, &value, sizeof bits);                                                                        \
            bits ^= (bits >> 63) & INT64_MAX; /* counts upwards, below zero, too */                                    \
            places[i] = (bits & ~within) | i;                                                                          \
        }                                                                                                              \
        if (kn_sorts[KN_INT64].sort(places, n, NULL) != 0)                                                             \
            return 0;                                                                                                  \
        for (kn_intp i = 0; i < n; i++)                                                                                \
            places[i] &= within;                                                                                       \
        int well = 1;                                                                                                  \
        for (kn_intp i = 1; i < n; i++)                                                                                \
            well &= x[places[i - 1]] <= x[places[i]];                                                                  \
        return well;                                                                                                   \
    }
REALS(float, f32)
REALS(double, f64)

/* The places of a line's elements in ascending order, equal ones in theirs; 0 where there is no memory. */
static int order_of(const order_call *c, const char *x, int64_t *places)
{
    const kn_intp n = c->n;
    if (c->dtype == KN_FLOAT && n <= FEW)
        few_f32((const float *)x, n, places);
    else if (c->dtype == KN_DOUBLE && n <= FEW)
        few_f64((const double *)x, n, places);
    else if (!(c->dtype == KN_FLOAT && n <= LONGEST && packed_f32((const float *)x, n, places))
             && !(c->dtype == KN_DOUBLE && n <= LONGEST && packed_f64((const double *)x, n, places))) {
        for (kn_intp i = 0; i < n; i++)
            places[i] = i;
        return kn_sorts[c->dtype].order((void *)x, (kn_intp *)places, n, NULL) == 0;
    }
    return 1;
}

static int is_real(int dtype)
{
    return dtype == KN_FLOAT || dtype == KN_DOUBLE;
}

/* Lines that do not lie in one piece are copied, so many neighbours at once. */
static kn_intp beside(const order_call *c)
{
    return c->inner < BESIDE ? c->inner : BESIDE;
}

/* Bytes that they take beside operands and result: their elements, and places of one of them. */
static size_t room(const order_call *c)
{
    return (((size_t)c->n * (sizeof(int64_t) + (size_t)(beside(c) * c->item))) + 63) / 64 * 64;
}

static void put_place(const order_call *c, char *to, int64_t place)
{
    const int32_t narrow = (int32_t)place;
    if (c->to_item == 4)
        memcpy(to, &narrow, 4);
    else
        memcpy(to, &place, 8);
}

/* One line's places, of elements that lie in one piece: from the end if they fall, so that equal ones stay in order. */
static int put_places(const order_call *c, const char *x, int64_t *places, char *out, size_t step)
{
    const kn_intp n = c->n;
    if (!order_of(c, x, places))
        return 0;
    for (kn_intp i = 0; i < c->kept; i++) {
        const kn_intp from = c->rank_count ? c->ranks[i] : i;
        put_place(c, out + (size_t)i * step, c->descending ? n - 1 - places[n - 1 - from] : places[from]);
    }
    return 1;
}

static void turn(char *x, kn_intp n, int item)
{
    char kept[8];
    for (kn_intp i = 0, k = n - 1; i < k; i++, k--) {
        move(kept, x + i * item, item);
        move(x + i * item, x + k * item, item);
        move(x + k * item, kept, item);
    }
}

/* A line in one piece. */
static int run_line(const order_call *c, const char *x, char *out, char *scratch)
{
    int64_t *const places = (int64_t *)scratch;
    char *const own = c->what == VALUES && !c->rank_count ? out : scratch + sizeof(int64_t) * (size_t)c->n;
    if (c->what == PLACES && !c->descending)
        return put_places(c, x, places, out, (size_t)c->to_item);
    memcpy(own, x, (size_t)(c->n * c->item));
    if (c->what == PLACES) {
        turn(own, c->n, c->item);
        return put_places(c, own, places, out, (size_t)c->to_item);
    }
    if (kn_sorts[c->dtype].sort(own, c->n, NULL) != 0)
        return 0;
    if (c->descending)
        turn(own, c->n, c->item);
    for (kn_intp i = 0; i < c->rank_count; i++)
        move(out + i * c->item, own + c->ranks[i] * c->item, c->item);
    return 1;
}

/* Neighbouring lines. (Of these no ranks are asked for, and all that there are kept.) */
static int run_beside(const order_call *c, const char *x, char *out, kn_intp lines, char *scratch)
{
    const kn_intp n = c->n, item = c->item, stride = c->inner * item;
    char *const own = scratch + sizeof(int64_t) * (size_t)n;
    int well = 1;
    for (kn_intp i = 0; i < n; i++)
        for (kn_intp k = 0; k < lines; k++)
            move(own + (k * n + (c->what == PLACES && c->descending ? n - 1 - i : i)) * item, x + i * stride + k * item,
                 c->item);
    for (kn_intp k = 0; k < lines; k++)
        if (c->what == VALUES)
            well &= kn_sorts[c->dtype].sort(own + k * n * item, n, NULL) == 0;
        else
            well &= put_places(c, own + k * n * item, (int64_t *)scratch, out + k * c->to_item,
                               (size_t)(c->inner * c->to_item));
    if (c->what == VALUES)
        for (kn_intp i = 0; i < n; i++)
            for (kn_intp k = 0; k < lines; k++)
                move(out + i * stride + k * item, own + (k * n + (c->descending ? n - 1 - i : i)) * item, c->item);
    return well;
}

/* The places of the largest few. */
static int run_largest(const order_call *c, const char *x, char *out, char *scratch)
{
    int64_t *const places = (int64_t *)scratch;
    if (c->dtype == KN_FLOAT)
        largest_f32((const float *)x, c->n, c->kept, places);
    else
        largest_f64((const double *)x, c->n, c->kept, places);
    for (kn_intp i = 0; i < c->kept; i++)
        put_place(c, out + i * c->to_item, places[i]);
    return 1;
}

static void run_lines(void *context, int thread, int part, int parts)
{
    order_run *r = context;
    const order_call *c = r->call;
    const kn_intp lines = c->outer * c->inner, end = lines * (part + 1) / parts;
    const int few = c->what == PLACES && c->descending && c->kept <= FEW && c->kept < c->n && is_real(c->dtype);
    char *const scratch = r->run->scratch + (size_t)part * room(c);
    (void)thread;
    for (kn_intp line = lines * part / parts, count; line < end; line += count) {
        const kn_intp outer = line / c->inner, inner = line % c->inner;
        const char *x = r->run->operands[0] + (outer * c->n * c->inner + inner) * c->item;
        char *const out = r->run->out + (outer * c->kept * c->inner + inner) * c->to_item;
        count = c->inner - inner < beside(c) ? c->inner - inner : beside(c);
        count = end - line < count ? end - line : count;
        if (!(c->inner > 1 ? run_beside(c, x, out, count, scratch) : (few ? run_largest : run_line)(c, x, out, scratch)))
            r->failed = 1;
    }
}

static int run_order(const void *made, const kn_run *run)
{
    const order_call *c = made;
    order_run r = {c, run, 0};
    const kn_intp lines = c->outer * c->inner, parts = run->parts < PARTS ? run->parts : PARTS;
    if (lines == 0 || c->kept == 0)
        return 1;
    if (parts < 2 || lines < 2)
        run_lines(&r, 0, 0, 1);
    else
        wk_run(run_lines, &r, (int)(parts < lines ? parts : lines), run->threads);
    return !r.failed;
}

/* ------------------------------------------------------------------------------------------------- what is asked for */

static int lay_out(order_call *c, const kn_call *call, int64_t axis, int what, int to, kn_result *result)
{
    const kn_operand *x = &call->operands[0];
    if (call->count < 1 || x->dtype < 0 || x->dtype >= KN_SORTS || x->nd > KN_DIMS || sizeof(kn_intp) != sizeof(int64_t)
        || !kn_around(x, axis, &c->outer, &c->n, &c->inner))
        return 0;
    if (kn_sorts[x->dtype].sort == NULL || kn_sorts[x->dtype].order == NULL || kn_sorts[KN_INT64].sort == NULL)
        return 0;
    c->dtype = x->dtype;
    c->item = x->item;
    c->what = what;
    c->descending = 0;
    c->to = to;
    c->to_item = what == VALUES ? x->item : to == KN_INT32 ? 4 : 8;
    c->kept = c->n;
    c->rank_count = 0;
    result->dtype = to;
    result->nd = x->nd;
    for (int d = 0; d < x->nd; d++)
        result->dims[d] = x->dims[d];
    result->work = 8 * c->outer * c->n * c->inner;
    const kn_intp lines = c->outer * c->inner;
    result->scratch = (size_t)(lines < PARTS ? lines : PARTS) * room(c);
    return 1;
}

/* Attributes: the axis, and whether the largest comes first. */
static int along(order_call *c, const kn_call *call, int what, int to, kn_result *result)
{
    if (call->number_count != 3 || !lay_out(c, call, call->numbers[1], what, to, result))
        return 0;
    c->descending = call->numbers[2] != 0;
    return 1;
}

static int take_sort(void *made, const kn_call *call, kn_result *result)
{
    return call->count == 1 && along(made, call, VALUES, call->operands[0].dtype, result);
}

static int take_order(void *made, const kn_call *call, kn_result *result)
{
    return along(made, call, PLACES, KN_INT64, result);
}

static int take_sorted_places(void *made, const kn_call *call, kn_result *result)
{
    return along(made, call, PLACES, KN_INT32, result);
}

/* Attributes: how many, and the dtype of their numbers. */
static int take_largest_places(void *made, const kn_call *call, kn_result *result)
{
    order_call *c = made;
    if (call->number_count != 3 || (call->numbers[2] != KN_INT32 && call->numbers[2] != KN_INT64)
        || !lay_out(c, call, -1, PLACES, (int)call->numbers[2], result))
        return 0;
    c->descending = 1;
    if (call->numbers[1] < 0)
        return 0;
    c->kept = call->numbers[1] < c->n ? (kn_intp)call->numbers[1] : c->n;
    result->dims[result->nd - 1] = c->kept;
    return 1;
}

/* Attributes: ranks in the order. */
static int ranked(order_call *c, const kn_call *call, int what, int to, kn_result *result)
{
    const int64_t count = call->number_count - 1;
    if (count < 1 || count > RANKS || call->numbers[0] != KN_TUPLE + count
        || !lay_out(c, call, -1, what, to, result) || c->n > RANKED)
        return 0;
    for (int k = 0; k < count; k++) {
        if (call->numbers[1 + k] < 0 || call->numbers[1 + k] >= c->n)
            return 0;
        c->ranks[k] = (kn_intp)call->numbers[1 + k];
    }
    c->rank_count = (int)count;
    c->kept = (kn_intp)count;
    result->dims[result->nd - 1] = c->kept;
    return 1;
}

static int take_order_statistics(void *made, const kn_call *call, kn_result *result)
{
    return ranked(made, call, VALUES, call->operands[0].dtype, result);
}

static int take_ranked_places(void *made, const kn_call *call, kn_result *result)
{
    return ranked(made, call, PLACES, KN_INT64, result);
}

#define KERNEL(name) {#name, sizeof(order_call), 0, 1, take_##name, run_order}
const kn_kernel or_sort = KERNEL(sort);
const kn_kernel or_order = KERNEL(order);
const kn_kernel or_sorted_places = KERNEL(sorted_places);
const kn_kernel or_largest_places = KERNEL(largest_places);
const kn_kernel or_order_statistics = KERNEL(order_statistics);
const kn_kernel or_ranked_places = KERNEL(ranked_places);
