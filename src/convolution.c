#include "convolution.h"

#include "instructions.h"
#include "sliding_windows.h"
#include "workers.h"

#include <string.h>

#if defined(__GNUC__)
#define CV_VECTORS 1
#else
#define CV_VECTORS 0
#endif
/* The one product here is added to a sum, and fused with it where the instructions are there: every compiler finds
 * the same. */
#if defined(__clang__)
#pragma clang fp contract(fast)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=fast")
#endif

/* Rows of a tile: of two vectors, and of one. */
enum { CV_LOW = 6, CV_TALL = 8 };
/* Columns of the first matrix that the filters' sums take at once, and rows of it whose elements are used again. */
enum { CV_DEEP = 256, CV_CHUNK = 240 };

/* to[r][c] = sum over k of rows[r][within[k]] * second[k * stride + c], or added to it: `count` rows, `columns`. */
#define CV_ARGUMENTS                                                                                                  \
    const void *const *rows, const kn_intp *within, kn_intp depth, const void *second, kn_intp stride,                \
        void *const *to, kn_intp count, kn_intp columns, int add
typedef void (*cv_loop)(CV_ARGUMENTS);

#define REAL float
#define BYTES 16
#define NAME(name) name##_f32
#include "convolution_tiles.h"
#define REAL double
#define BYTES 16
#define NAME(name) name##_f64
#include "convolution_tiles.h"
#if defined(IN_WIDER)
IN_BEGIN(IN_TARGET_AVX2)
#define CV_NARROW
#define REAL float
#define BYTES 16
#define NAME(name) name##_avx16_f32
#include "convolution_tiles.h"
#define REAL double
#define BYTES 16
#define NAME(name) name##_avx16_f64
#include "convolution_tiles.h"
#undef CV_NARROW
#define REAL float
#define BYTES 32
#define NAME(name) name##_avx32_f32
#include "convolution_tiles.h"
#define REAL double
#define BYTES 32
#define NAME(name) name##_avx32_f64
#include "convolution_tiles.h"
IN_END
IN_BEGIN(IN_TARGET_AVX512)
#define REAL float
#define BYTES 64
#define NAME(name) name##_avx64_f32
#include "convolution_tiles.h"
#define REAL double
#define BYTES 64
#define NAME(name) name##_avx64_f64
#include "convolution_tiles.h"
IN_END
#endif

/* The tiles that a machine has, the widest first: bytes of a row, rows, and the loops for float and double. */
typedef struct {
    int bytes, height;
    cv_loop all[2], each[2];
} tile;

#define CV_WIDE(bytes, name) {2 * bytes, CV_LOW, {wide##name##_f32, wide##name##_f64}, {NULL, NULL}}
#define CV_SINGLE(bytes, name)                                                                                        \
    {bytes, CV_TALL, {single##name##_f32, single##name##_f64}, {each##name##_f32, each##name##_f64}}
static const tile plain_tiles[] = {CV_WIDE(16, ), CV_SINGLE(16, ), {0}};
#if defined(IN_WIDER)
static const tile avx_tiles[] = {CV_WIDE(32, _avx32), CV_SINGLE(32, _avx32), CV_SINGLE(16, _avx16), {0}};
static const tile avx512_tiles[] = {CV_WIDE(64, _avx64), CV_SINGLE(64, _avx64), CV_SINGLE(32, _avx32),
                                    CV_SINGLE(16, _avx16), {0}};
#endif

static const tile *tiles_here(void)
{
#if defined(IN_WIDER)
    if (in_here == IN_AVX512)
        return avx512_tiles;
    if (in_here == IN_AVX2)
        return avx_tiles;
#endif
    return plain_tiles;
}

/* Columns of a row of a tile. */
static kn_intp lanes_of(const tile *t, int wide)
{
#if CV_VECTORS
    return t->bytes / (wide ? (int)sizeof(double) : (int)sizeof(float));
#else
    (void)wide;
    return t->bytes / 16;
#endif
}

static kn_intp up_to(kn_intp count, kn_intp width)
{
    return (count + width - 1) / width * width;
}

/* The narrowest tile that takes all columns, and the widest where none does, unless it would be filled less. */
static const tile *tile_for(kn_intp columns, int each, int wide)
{
    const tile *t = tiles_here() + each;
    while (t[1].bytes) {
        const kn_intp width = lanes_of(t, wide), narrower = lanes_of(t + 1, wide);
        if (columns >= 8 * width || up_to(columns, narrower) == up_to(columns, width))
            break;
        t++;
    }
    return t;
}

static kn_intp floor_of(kn_intp a, kn_intp b)
{
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

static kn_intp product_of(const kn_intp sizes[3])
{
    return sizes[0] * sizes[1] * sizes[2];
}

/* ------------------------------------------------------------------------------------------------------ laying out */

enum { CV_RESULT, CV_OPERAND, CV_FILTERS }; /* what is computed of the other two */

/* Arrays are contiguous: the operand (batch, *space, groups * into), filters (*sizes, into, groups * out), the result
 * (batch, *places, groups * out). */
typedef struct {
    kn_intp batch, groups, into, out;
    kn_intp space[3], sizes[3], places[3];
    kn_intp before[3], steps[3], gaps[3];
} cv_geometry;

/* A part of the result: rows of the first matrix, and where each goes. */
typedef struct {
    kn_intp rows, columns;       /* of each entry of the batch */
    kn_intp *from, *to, *within; /* offsets of rows, of what becomes of them, and of columns */
    kn_intp panel;               /* where the second matrix begins among the panels */
} cv_phase;

typedef struct {
    cv_geometry geometry;
    int which, wide;       /* wide: double, not float */
    int each;              /* every channel by itself */
    int tile;              /* which of the machine's */
    kn_intp width;         /* of a tile */
    kn_intp groups;        /* that are computed apart */
    kn_intp across, panels;       /* columns of the result in a group, and panels of them */
    kn_intp around[3], below[3];  /* the source's sizes with what is padded; what is padded before, or cut */
    kn_intp channels;      /* of the source as it is laid out */
    int laid_out;          /* whether that is a copy */
    kn_intp depth;         /* columns of the first matrix in all phases */
    kn_intp phases;
    kn_intp tables, copies, packs; /* sizes of what the scratch holds: numbers, elements, elements */
    /* of a run */
    const char *source, *first, *second;
    char *packed, *result;
    cv_phase *phase;
} cv_job;

/* Along one dimension, every so many elements of an operand get something from the same elements of windows: those from
 * number `phase` on. */
typedef struct {
    kn_intp count; /* of elements */
    kn_intp window; /* the first one's window, for the element of windows at `behind` */
    kn_intp behind;
} strand;

static strand strand_of(const cv_geometry *g, int d, kn_intp phase)
{
    const kn_intp place = phase + g->before[d], step = g->steps[d];
    return (strand){(g->space[d] - 1 - phase) / step + 1, place / step, place % step};
}

/* By how many windows the element k of a window lags; whether it is of this strand at all. */
static int lag_of(const cv_geometry *g, int d, kn_intp k, kn_intp behind, kn_intp *lag)
{
    const kn_intp distance = k * g->gaps[d] - behind;
    *lag = distance / g->steps[d];
    return distance % g->steps[d] == 0;
}

static kn_intp strands(const cv_geometry *g, int d)
{
    return g->steps[d] < g->space[d] ? g->steps[d] : g->space[d];
}

static int next_of(kn_intp index[3], const kn_intp sizes[3])
{
    for (int d = 2; d >= 0; d--) {
        if (++index[d] < sizes[d])
            return 1;
        index[d] = 0;
    }
    return 0;
}

/* Returns how many bytes of scratch a job needs. */
static size_t lay_out(cv_job *job, const cv_geometry *geometry, int which, int wide)
{
    const cv_geometry *g = &job->geometry;
    const kn_intp item = wide ? (kn_intp)sizeof(double) : (kn_intp)sizeof(float);
    memset(job, 0, sizeof *job);
    job->geometry = *geometry;
    job->which = which;
    job->wide = wide;
    /* Few filters for one channel: the channels stand beside each other, not one's filters. */
    job->each = g->groups > 1 && g->into == 1 && g->out < 8;
    const kn_intp channels = g->groups * (which == CV_OPERAND ? g->out : g->into);
    job->groups = job->each ? 1 : g->groups;
    job->across = which == CV_OPERAND ? (job->each ? g->groups : g->into) : (job->each ? g->groups * g->out : g->out);
    const tile *t = tile_for(job->across, job->each, wide);
    job->tile = (int)(t - tiles_here());
    job->width = lanes_of(t, wide);
    job->panels = (job->across + job->width - 1) / job->width;
    job->channels = !job->each ? channels : job->panels * job->width * (which == CV_OPERAND ? g->out : 1);
    job->laid_out = job->channels != channels || (job->each && g->out > 1);
    job->phases = 1;
    for (int d = 0; d < 3; d++) {
        const kn_intp size = which == CV_OPERAND ? g->places[d] : g->space[d];
        if (which == CV_OPERAND) {
            /* from the window that ends at the first element, if there were one, to the one that begins at the last */
            const kn_intp end = (g->sizes[d] - 1) * g->gaps[d], lowest = -floor_of(end - g->before[d], g->steps[d]);
            job->below[d] = -lowest;
            job->around[d] = floor_of(g->before[d] + g->space[d] - 1, g->steps[d]) - lowest + 1;
            if (job->around[d] < 1)
                job->around[d] = 1;
            job->phases *= strands(g, d);
        } else {
            job->below[d] = g->before[d];
            job->around[d] = (g->places[d] - 1) * g->steps[d] + (g->sizes[d] - 1) * g->gaps[d] + 1;
        }
        job->laid_out |= job->below[d] != 0 || job->around[d] > size;
    }
    if (!job->laid_out)
        for (int d = 0; d < 3; d++)
            job->around[d] = which == CV_OPERAND ? g->places[d] : g->space[d];
    const kn_intp taps = product_of(g->sizes), deep = taps * (job->each ? 1 : g->into), places = product_of(g->places);
    if (which == CV_OPERAND) {
        job->depth = taps * g->out;
        job->tables = 2 * product_of(g->space) + job->depth;
    } else {
        job->depth = deep;
        job->tables = which == CV_RESULT ? 2 * places + deep : 2 * deep + places;
    }
    job->copies = job->laid_out ? g->batch * product_of(job->around) * job->channels : 0;
    job->packs = which == CV_FILTERS ? 0 : job->groups * job->panels * job->depth * job->width;
    return (size_t)(up_to(job->phases * (kn_intp)sizeof(cv_phase), 64) +
                    up_to(job->tables * (kn_intp)sizeof(kn_intp), 64) + up_to(job->copies * item, 64) +
                    up_to(job->packs * item, 64));
}

/* Offsets of the elements of a window, times `lag` of each. */
static kn_intp *list_offsets(kn_intp *to, const kn_intp sizes[3], const kn_intp factors[3], const kn_intp begin[3],
                             const kn_intp around[3], kn_intp unit)
{
    kn_intp index[3] = {0, 0, 0};
    do {
        kn_intp at = 0;
        for (int d = 0; d < 3; d++)
            at = at * around[d] + begin[d] + index[d] * factors[d];
        *to++ = at * unit;
    } while (next_of(index, sizes));
    return to;
}

/* The same for each of some channels, `apart` from each other. */
static kn_intp *repeat_offsets(kn_intp *table, kn_intp count, kn_intp channels, kn_intp apart)
{
    for (kn_intp i = count - 1; i >= 0; i--)
        for (kn_intp c = channels - 1; c >= 0; c--)
            table[i * channels + c] = table[i] + c * apart;
    return table + count * channels;
}

static void list_phases(cv_job *job, kn_intp *table)
{
    static const kn_intp none[3] = {0, 0, 0}, one[3] = {1, 1, 1};
    const cv_geometry *g = &job->geometry;
    if (job->which != CV_OPERAND) {
        cv_phase *p = job->phase;
        kn_intp *windows = table, *elements, *to;
        elements = list_offsets(windows, g->places, g->steps, none, job->around, job->channels);
        to = list_offsets(elements, g->sizes, g->gaps, none, job->around, job->channels);
        if (!job->each)
            to = repeat_offsets(elements, product_of(g->sizes), g->into, 1);
        const int filters = job->which == CV_FILTERS;
        *p = (cv_phase){filters ? job->depth : product_of(g->places), filters ? product_of(g->places) : job->depth,
                        filters ? elements : windows, to, filters ? windows : elements, 0};
        for (kn_intp i = 0; i < p->rows; i++)
            to[i] = i * g->groups * g->out;
        return;
    }
    kn_intp phase[3] = {0, 0, 0}, counts[3], deep = 0;
    for (int d = 0; d < 3; d++)
        counts[d] = strands(g, d);
    cv_phase *p = job->phase;
    do {
        strand s[3];
        kn_intp sizes[3], windows[3], k[3] = {0, 0, 0};
        for (int d = 0; d < 3; d++) {
            s[d] = strand_of(g, d, phase[d]);
            sizes[d] = s[d].count;
            windows[d] = s[d].window + job->below[d];
        }
        p->rows = product_of(sizes);
        p->panel = deep;
        p->from = table;
        table = list_offsets(table, sizes, one, windows, job->around, job->channels);
        p->to = table;
        table = list_offsets(table, sizes, g->steps, phase, g->space, g->groups * g->into);
        p->within = table;
        do {
            kn_intp at = 0, lag = 0;
            int ours = 1;
            for (int d = 0; d < 3; d++) {
                ours = lag_of(g, d, k[d], s[d].behind, &lag) && ours;
                at = at * job->around[d] - lag;
            }
            for (kn_intp o = 0; ours && o < g->out; o++)
                *table++ = at * job->channels + o * (job->each ? job->panels * job->width : 1);
        } while (next_of(k, g->sizes));
        p->columns = table - p->within;
        deep += p->columns;
        p++;
    } while (next_of(phase, counts));
}

/* Give a job its arrays, and lay out its tables. */
static void give(cv_job *job, const void *first, const void *second, void *result, void *scratch)
{
    const kn_intp item = job->wide ? (kn_intp)sizeof(double) : (kn_intp)sizeof(float);
    char *at = scratch;
    job->phase = (cv_phase *)at;
    at += up_to(job->phases * (kn_intp)sizeof(cv_phase), 64);
    list_phases(job, (kn_intp *)at);
    at += up_to(job->tables * (kn_intp)sizeof(kn_intp), 64);
    job->first = first;
    job->second = second;
    job->result = result;
    job->source = job->laid_out ? at : first;
    at += up_to(job->copies * item, 64);
    job->packed = at;
}

/* ------------------------------------------------------------------------------------------------------- preparing */

static void copy_apart(char *to, const char *from, kn_intp count, kn_intp apart, kn_intp item)
{
    if (apart == 1)
        memcpy(to, from, (size_t)(count * item));
    else if (item == sizeof(uint32_t))
        for (kn_intp i = 0; i < count; i++)
            ((uint32_t *)to)[i] = ((const uint32_t *)from)[i * apart];
    else
        for (kn_intp i = 0; i < count; i++)
            ((uint64_t *)to)[i] = ((const uint64_t *)from)[i * apart];
}

/* Elements beside each other along the last dimension, `count` of them, with their channels. */
static void copy_channels(const cv_job *job, char *to, const char *from, kn_intp count, kn_intp channels, kn_intp item)
{
    const kn_intp times = job->geometry.out, width = job->panels * job->width;
    if (!job->each || (times == 1 && width == channels)) {
        memcpy(to, from, (size_t)(count * channels * item));
        return;
    }
    for (kn_intp i = 0; i < count; i++, to += job->channels * item, from += channels * item) {
        if (job->which == CV_OPERAND) { /* the first filter's results of all channels, then the second's ... */
            for (kn_intp o = 0; o < times; o++) {
                copy_apart(to + o * width * item, from + o * item, job->across, times, item);
                memset(to + (o * width + job->across) * item, 0, (size_t)((width - job->across) * item));
            }
        } else { /* each channel as many times as it has filters */
            for (kn_intp o = 0; o < times; o++)
                for (kn_intp c = 0; c < channels; c++)
                    memcpy(to + (c * times + o) * item, from + c * item, (size_t)item);
            memset(to + job->across * item, 0, (size_t)((width - job->across) * item));
        }
    }
}

static void copy_entry(const cv_job *job, kn_intp entry, kn_intp item)
{
    const cv_geometry *g = &job->geometry;
    const kn_intp *size = job->which == CV_OPERAND ? g->places : g->space;
    const kn_intp channels = g->groups * (job->which == CV_OPERAND ? g->out : g->into);
    const kn_intp line = job->around[2] * job->channels * item;
    char *to = (char *)job->source + entry * job->around[0] * job->around[1] * line;
    const char *from = job->first + entry * product_of(size) * channels * item;
    /* of a line: what is padded before, copied, and padded behind */
    const kn_intp low = job->below[2] > 0 ? job->below[2] : 0, cut = low - job->below[2];
    kn_intp before = low < job->around[2] ? low : job->around[2], count = size[2] - cut;
    count = count < job->around[2] - before ? count : job->around[2] - before;
    count = count > 0 ? count : 0;
    const kn_intp unit = job->channels * item;
    for (kn_intp i = 0; i < job->around[0]; i++)
        for (kn_intp j = 0; j < job->around[1]; j++, to += line) {
            const kn_intp y = i - job->below[0], x = j - job->below[1];
            if (y < 0 || y >= size[0] || x < 0 || x >= size[1]) {
                memset(to, 0, (size_t)line);
                continue;
            }
            memset(to, 0, (size_t)(before * unit));
            copy_channels(job, to + before * unit, from + ((y * size[1] + x) * size[2] + cut) * channels * item, count,
                          channels, item);
            memset(to + (before + count) * unit, 0, (size_t)(line - (before + count) * unit));
        }
}

/* The filters, so many columns of each row beside each other, the last ones filled up with zeros. */
static void pack_panel(const cv_job *job, kn_intp group, kn_intp panel, kn_intp item)
{
    const cv_geometry *g = &job->geometry;
    const kn_intp all = g->groups * g->out, begin = panel * job->width;
    const kn_intp left = job->across - begin, count = left < job->width ? left : job->width;
    const kn_intp row = job->width * item;
    char *to = job->packed + (group * job->panels + panel) * job->depth * row;
    const char *filters = job->second;
    if (job->which == CV_RESULT) {
        filters += (group * g->out + begin) * item;
        for (kn_intp k = 0; k < job->depth; k++, to += row, filters += all * item) {
            memcpy(to, filters, (size_t)(count * item));
            memset(to + count * item, 0, (size_t)(row - count * item));
        }
        return;
    }
    const kn_intp apart = job->each ? g->out : all; /* of one filter's channels */
    filters += (group * g->out + begin * apart) * item;
    kn_intp phase[3] = {0, 0, 0}, counts[3];
    for (int d = 0; d < 3; d++)
        counts[d] = strands(g, d);
    do {
        kn_intp k[3] = {0, 0, 0}, behind[3], lag;
        const char *from = filters;
        for (int d = 0; d < 3; d++)
            behind[d] = strand_of(g, d, phase[d]).behind;
        do {
            if (lag_of(g, 0, k[0], behind[0], &lag) && lag_of(g, 1, k[1], behind[1], &lag) &&
                lag_of(g, 2, k[2], behind[2], &lag))
                for (kn_intp o = 0; o < g->out; o++, to += row) {
                    copy_apart(to, from + o * item, count, apart, item);
                    memset(to + count * item, 0, (size_t)(row - count * item));
                }
            from += g->into * all * item;
        } while (next_of(k, g->sizes));
    } while (next_of(phase, counts));
}

static void prepare(void *context, int thread, int part, int parts)
{
    const cv_job *job = context;
    const kn_intp item = job->wide ? (kn_intp)sizeof(double) : (kn_intp)sizeof(float);
    const kn_intp entries = job->laid_out ? job->geometry.batch : 0;
    const kn_intp units = entries + (job->packs ? job->groups * job->panels : 0);
    (void)thread;
    for (kn_intp unit = units * part / parts; unit < units * (part + 1) / parts; unit++) {
        if (unit < entries)
            copy_entry(job, unit, item);
        else
            pack_panel(job, (unit - entries) / job->panels, (unit - entries) % job->panels, item);
    }
}

/* ------------------------------------------------------------------------------------------------------- computing */

static kn_intp smaller(kn_intp a, kn_intp b)
{
    return a < b ? a : b;
}

/* Rows of all entries of the batch, and one group's columns. */
static void compute_rows(const cv_job *job, cv_loop loop, kn_intp height, kn_intp item, const cv_phase *phase,
                         kn_intp group, kn_intp begin, kn_intp end)
{
    const cv_geometry *g = &job->geometry;
    const int back = job->which == CV_OPERAND;
    const kn_intp image = product_of(job->around) * job->channels;
    const kn_intp whole = product_of(back ? g->space : g->places) * g->groups * (back ? g->into : g->out);
    const char *source = job->source + group * (back ? g->out : g->into) * item;
    char *result = job->result + group * job->across * item;
    const char *panel =
        job->packed + (group * job->panels * job->depth + phase->panel) * job->width * item;
    for (kn_intp p = 0; p < job->panels; p++, panel += job->depth * job->width * item) {
        const kn_intp column = p * job->width, beside = job->each ? column : 0;
        kn_intp entry = begin / phase->rows, row = begin % phase->rows;
        for (kn_intp at = begin; at < end; at += height) {
            const void *rows[CV_TALL];
            void *to[CV_TALL];
            const kn_intp count = smaller(height, end - at);
            for (kn_intp r = 0; r < count; r++) {
                rows[r] = source + (entry * image + phase->from[row] + beside) * item;
                to[r] = result + (entry * whole + phase->to[row] + column) * item;
                if (++row == phase->rows) {
                    row = 0;
                    entry++;
                }
            }
            for (kn_intp r = count; r < height; r++)
                rows[r] = rows[0];
            loop(rows, phase->within, phase->columns, panel, job->width, to, count,
                 smaller(job->width, job->across - column), 0);
        }
    }
}

/* Some rows of the filters' sums, each tile over all entries of the batch. */
static void compute_filters(const cv_job *job, cv_loop loop, kn_intp height, kn_intp item, kn_intp begin, kn_intp end)
{
    const cv_geometry *g = &job->geometry;
    const cv_phase *phase = job->phase;
    const kn_intp image = product_of(job->around) * job->channels, all = g->groups * g->out;
    const kn_intp blocks = (phase->rows + height - 1) / height, depth = g->batch * phase->columns;
    kn_intp within[CV_DEEP], entry = 0, place = 0;
    uint64_t columns[CV_DEEP * 16]; /* the widest row of a tile is of 16 doubles */
    for (kn_intp k = 0; k < depth; k += CV_DEEP) {
        const kn_intp deep = smaller(CV_DEEP, depth - k);
        kn_intp packed = -1;
        for (kn_intp i = 0; i < deep; i++) {
            within[i] = entry * image + phase->within[place];
            if (++place == phase->columns) {
                place = 0;
                entry++;
            }
        }
        for (kn_intp unit = begin; unit < end; unit++) {
            const kn_intp block = unit % blocks, panel = unit / blocks % job->panels;
            const kn_intp group = unit / blocks / job->panels;
            const kn_intp column = panel * job->width, count = smaller(job->width, job->across - column);
            const void *rows[CV_TALL];
            void *to[CV_TALL];
            if (packed != unit / blocks) {
                const char *from = job->second + (k * all + group * g->out + column) * item;
                char *at = (char *)columns;
                packed = unit / blocks;
                for (kn_intp i = 0; i < deep; i++, from += all * item, at += job->width * item) {
                    memcpy(at, from, (size_t)(count * item));
                    memset(at + count * item, 0, (size_t)((job->width - count) * item));
                }
            }
            const kn_intp high = smaller(height, phase->rows - block * height);
            for (kn_intp r = 0; r < high; r++) {
                const kn_intp row = block * height + r;
                rows[r] = job->source + (phase->from[row] + (job->each ? column : group * g->into)) * item;
                to[r] = job->result + (phase->to[row] + group * g->out + column) * item;
            }
            for (kn_intp r = high; r < height; r++)
                rows[r] = rows[0];
            loop(rows, within, deep, columns, job->width, to, high, count, k > 0);
        }
    }
}

static void compute(void *context, int thread, int part, int parts)
{
    const cv_job *job = context;
    const tile *t = tiles_here() + job->tile;
    const cv_loop loop = job->each ? t->each[job->wide] : t->all[job->wide];
    const kn_intp item = job->wide ? (kn_intp)sizeof(double) : (kn_intp)sizeof(float);
    (void)thread;
    if (job->which == CV_FILTERS) {
        const kn_intp blocks = (job->phase->rows + t->height - 1) / t->height;
        const kn_intp units = blocks * job->panels * job->groups;
        compute_filters(job, loop, t->height, item, units * part / parts, units * (part + 1) / parts);
        return;
    }
    for (kn_intp p = 0; p < job->phases; p++) {
        const cv_phase *phase = job->phase + p;
        const kn_intp rows = job->geometry.batch * phase->rows, end = rows * (part + 1) / parts;
        for (kn_intp at = rows * part / parts; at < end; at += CV_CHUNK)
            for (kn_intp group = 0; group < job->groups; group++)
                compute_rows(job, loop, t->height, item, phase, group, at, smaller(at + CV_CHUNK, end));
    }
}

/* ------------------------------------------------------------------------------------------------------ the kernels */

enum {
    CV_PRODUCTS = 8,        /* as many take as long as one operation on elements */
    CV_MOVED = 1 << 17      /* elements that are moved together, from which threads pay */
};

static int take(void *made, const kn_call *call, kn_result *result, int which)
{
    const kn_operand *first = &call->operands[0], *second = &call->operands[1];
    const kn_operand *whole = which == CV_OPERAND ? NULL : first, *filters = which == CV_FILTERS ? NULL : second;
    const kn_operand *windows = which == CV_OPERAND ? first : which == CV_FILTERS ? second : NULL;
    wn_geometry w;
    cv_geometry g;
    int at = 1;
    if (call->count != 2 || first->dtype != second->dtype || (first->dtype != KN_FLOAT && first->dtype != KN_DOUBLE))
        return 0;
    w.dims = first->nd - 2;
    if (w.dims < 1 || w.dims > 3 || second->nd != first->nd || call->number_count < 1 ||
        call->numbers[0] != KN_TUPLE + 6)
        return 0;
    if (!wn_each(call, &at, w.dims, w.space, 1) || !wn_each(call, &at, w.dims, w.sizes, 1) ||
        !wn_pads(call, &at, &w) || !wn_each(call, &at, w.dims, w.steps, 1) || !wn_each(call, &at, w.dims, w.gaps, 1) ||
        at + 1 != call->number_count || !wn_fits(call->numbers[at], 1))
        return 0;
    g.groups = (kn_intp)call->numbers[at];
    const int last = w.dims + 1, missing = 3 - w.dims;
    g.batch = first->dims[0];
    g.out = (which == CV_FILTERS ? second : which == CV_OPERAND ? first : second)->dims[last];
    const kn_intp channels = which == CV_OPERAND ? 0 : first->dims[last];
    g.into = which == CV_FILTERS ? channels / g.groups : second->dims[last - 1];
    if (g.batch < 1 || g.into < 1 || g.out < 1 || g.out % g.groups || (whole && channels != g.into * g.groups) ||
        (windows && windows->dims[0] != g.batch) || (filters && filters->dims[last] != g.out))
        return 0;
    const double into = (double)g.into * (double)g.groups, out = (double)g.out;
    if (!wn_places(&w, (double)g.batch * (into > out ? into : out)))
        return 0;
    g.out /= g.groups;
    for (int d = 0; d < 3; d++) {
        g.space[d] = w.space[d];
        g.sizes[d] = w.sizes[d];
        g.places[d] = w.places[d];
        g.before[d] = w.before[d];
        g.steps[d] = w.steps[d];
        g.gaps[d] = w.gaps[d];
    }
    for (int d = 0; d < w.dims; d++)
        if ((whole && whole->dims[d + 1] != g.space[missing + d]) ||
            (filters && filters->dims[d] != g.sizes[missing + d]) ||
            (windows && windows->dims[d + 1] != g.places[missing + d]))
            return 0;
    result->dtype = first->dtype;
    result->nd = first->nd;
    result->dims[0] = g.batch;
    result->dims[last] = which == CV_OPERAND ? g.groups * g.into : g.groups * g.out;
    for (int d = 0; d < w.dims; d++)
        result->dims[d + 1] = which == CV_OPERAND ? g.space[missing + d] : g.places[missing + d];
    if (which == CV_FILTERS) {
        for (int d = 0; d < w.dims; d++)
            result->dims[d] = g.sizes[missing + d];
        result->dims[last - 1] = g.into;
    }
    result->scratch = lay_out(made, &g, which, first->dtype == KN_DOUBLE);
    result->work = wn_work(&w, (double)g.batch * (double)g.into * out / CV_PRODUCTS);
    return 1;
}

static int take_result(void *made, const kn_call *call, kn_result *result)
{
    return take(made, call, result, CV_RESULT);
}

static int take_operand(void *made, const kn_call *call, kn_result *result)
{
    return take(made, call, result, CV_OPERAND);
}

static int take_filters(void *made, const kn_call *call, kn_result *result)
{
    return take(made, call, result, CV_FILTERS);
}

static int run(const void *made, const kn_run *run)
{
    cv_job job = *(const cv_job *)made;
    give(&job, run->operands[0], run->operands[1], run->out, run->scratch);
    wk_run(prepare, &job, job.copies + job.packs < CV_MOVED ? 1 : run->parts, run->threads);
    wk_run(compute, &job, run->parts, run->threads);
    return 1;
}

const kn_kernel cv_convolved = {"convolved", sizeof(cv_job), 0, 1, take_result, run};
const kn_kernel cv_operand = {"convolved_operand", sizeof(cv_job), 0, 1, take_operand, run};
const kn_kernel cv_filters = {"convolved_filters", sizeof(cv_job), 0, 1, take_filters, run};
