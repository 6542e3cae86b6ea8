# Rows of an array by number, changed in place: what looking up a few rows of a large table has to do with the table.
#
# NumPy's `add.at` goes element by element, which for rows of 64 takes some thirty times as long. And NumPy may give up
# the GIL between two rows: another thread would then see a variable half changed.

cdef enum:
    REPLACE = -1                # in the place of an op: the row is overwritten


cdef extern from "rows.h" nogil:
    void rw_change(char* whole, const npy_intp* rows, const char* values, npy_intp n, npy_intp width, npy_intp item,
                   Loop loop,
                   void* data) noexcept
    void rw_replace(char* whole, const npy_intp* rows, const char* values, npy_intp n, npy_intp nbytes) noexcept
    void rw_add(char* whole, const npy_intp* rows, const char* values, npy_intp n, bint single) noexcept


cdef ndarray row_numbers(object indices):
    """Indices as C code reads them: contiguous, of NumPy's own index type."""
    return laid_out(indices, np_intp_dtype)


cdef inline bint has_row_loop(int op, int code) noexcept:
    """Whether rows of a dtype are changed here, under the GIL; integers and complex numbers are left to NumPy, and so
    is what half precisions are summed with."""
    return op == REPLACE or (table[op].loop[code] != NULL and not is_half(code))


cdef int check_rows(ndarray whole, ndarray rows, ndarray values) except -1:
    """Refuse numbers of rows, or rows, that an array does not have."""
    if PyArray_NDIM(whole) == 0:
        raise ValueError("a scalar has no rows")
    cdef npy_intp n = PyArray_SIZE(rows), count = PyArray_DIMS(whole)[0], i
    cdef npy_intp* numbers = <npy_intp*>PyArray_DATA(rows)
    for i in range(n):
        if not 0 <= numbers[i] < count:
            raise IndexError(f"index {numbers[i]} is out of bounds for {count} rows")
    if n and PyArray_SIZE(values) != n * (PyArray_SIZE(whole) // count):
        raise ValueError(f"values of shape {values.shape} for {n} rows of an array of shape {whole.shape}")
    return 0


cdef int change_rows(int op, ndarray whole, ndarray rows, ndarray values) except -1:
    """whole[rows[i]] = whole[rows[i]] op values[i], one row after the other, so that those named twice change twice.

    All three are contiguous, and `whole` and `values` of one dtype. Nothing is written where an index is out of range.
    """
    check_rows(whole, rows, values)
    cdef npy_intp n = PyArray_SIZE(rows)
    cdef npy_intp* numbers = <npy_intp*>PyArray_DATA(rows)
    cdef int code = type_code(whole)
    cdef npy_intp width
    cdef ndarray part
    cdef char* base = <char*>PyArray_DATA(whole)
    cdef char* source = <char*>PyArray_DATA(values)
    if n == 0:
        return 0
    if is_half(code) and op != REPLACE:     # what comes to a row is added up before it is rounded
        once, places = numpy.unique(rows, return_inverse=True)
        part = widened_array(whole.take(once, 0))
        change_rows(op, part, row_numbers(places.reshape(-1)), widened_array(values))
        return change_rows(REPLACE, whole, row_numbers(once), narrowed_array(part, code))
    width = PyArray_SIZE(whole) // PyArray_DIMS(whole)[0]
    if not has_row_loop(op, code):
        (<object>table[op].ufunc).at(whole, rows, values)
        return 0
    # The one op that has a loop of its own here: what comes of a look-up of numbers in a table is mostly added up.
    if op == REPLACE:
        rw_replace(base, numbers, source, n, width * item_size[code])
    elif width == 1 and op == OP_ADD and (code == NPY_DOUBLE or code == NPY_FLOAT):    # in a loop of its own (rows.h)
        rw_add(base, numbers, source, n, code == NPY_FLOAT)
    else:
        rw_change(base, numbers, source, n, width, item_size[code], table[op].loop[code], table[op].data[code])
    return 0


def rows_within(indices, npy_intp count):
    """A copy of indices, counted from the first of so many rows; None where one is out of bounds. int32 stays what it
    is, as far as it can number the rows."""
    cdef bint narrow = indices.dtype == np_int32 and count <= 0x7fffffff
    cdef ndarray rows = numpy.array(indices, np_int32 if narrow else np_intp_dtype, order="C")
    cdef int32_t* few = <int32_t*>PyArray_DATA(rows)
    cdef npy_intp* many = <npy_intp*>PyArray_DATA(rows)
    cdef npy_intp i, number
    for i in range(PyArray_SIZE(rows)):
        number = few[i] if narrow else many[i]
        if number < 0:
            number += count
            if narrow:
                few[i] = <int32_t>number
            else:
                many[i] = number
        if not 0 <= number < count:
            return None
    return rows


cdef int row_change(str kind) except -2:
    """What is done to a row: an op, or REPLACE."""
    return REPLACE if kind == "replace" else <int>opcode_by_name[kind]


def changed_rows(str kind, ndarray whole, indices, values):
    """A copy of an array with some of its rows changed: "add", "subtract" or "replace"."""
    cdef ndarray copy = PyArray_NewCopy(whole, NPY_CORDER)
    change_rows(row_change(kind), copy, row_numbers(indices), laid_out(values, whole.dtype))
    return copy


cdef ndarray rows_of_changed(ndarray whole, list changes, ndarray numbers):
    """Rows of what an array will be once it is changed: [(op, numbers, values)]. Only those rows are computed."""
    cdef ndarray part
    once, places = numpy.unique(numbers, return_inverse=True)
    part = whole.take(once, 0)
    for op, rows, values in changes:
        at = numpy.searchsorted(once, rows)
        asked = numpy.flatnonzero(numpy.append(once, -1)[at] == rows)
        change_rows(op, part, row_numbers(at[asked]), values[asked])
    return numpy.asarray(part.take(places.reshape(numbers.shape), 0))


def add_rows(whole, indices, values):
    """Add rows to those of a contiguous array, in place; duplicates add up."""
    if not PyArray_CHKFLAGS(<ndarray?>whole, NPY_ARRAY_CARRAY):
        raise ValueError("add_rows writes to contiguous arrays only")
    change_rows(OP_ADD, whole, row_numbers(indices), laid_out(values, whole.dtype))
