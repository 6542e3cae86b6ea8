# Matrices by LAPACK: arrays for the functions of lapack.c, and the entry points that these call.

cdef extern from "lapack.h" nogil:
    cdef enum:
        LA_ENTRIES
        LA_KINDS
        LA_WHOLE
    ctypedef void* la_entry
    ctypedef struct la_library:
        la_entry entry[LA_ENTRIES][LA_KINDS]
        int wide
    int la_reads() noexcept
    npy_intp la_cholesky(const la_library* library, int kind, const char* a, char* x, npy_intp count,
                         npy_intp n) noexcept
    void la_pull_back(const la_library* library, int kind, const char* factor, const char* g, char* x, npy_intp count,
                      npy_intp n, char* room) noexcept
    void la_triangular(const la_library* library, int kind, const char* a, char* x, npy_intp count, npy_intp n,
                       npy_intp columns, int lower, int adjoint, int unit) noexcept
    void la_factor(const la_library* library, int kind, char* x, npy_intp count, npy_intp n, int64_t* swaps) noexcept
    void la_solve(const la_library* library, int kind, const char* factors, char* x, npy_intp count, npy_intp n,
                  npy_intp columns, int adjoint) noexcept
    void la_inverse(const la_library* library, int kind, const char* factors, char* x, npy_intp count, npy_intp n,
                    int64_t* swaps, char* room, npy_intp length) noexcept

cdef enum:
    ROOM = 64                   # columns that an inversion may take together


def lapack_entries():
    """The functions that are looked for, in the order of lapack.h, each for float32, float64 and the complex numbers of
    either."""
    return [letter + name for name in ("potrf", "trsm", "trsv", "gemm", "getrf", "getri") for letter in "sdcz"]


cdef inline int lapack_kind(ndarray x) noexcept:
    """Which of LAPACK's four dtypes an array has; -1 for none."""
    cdef int code = type_code(x)
    return (0 if code == NPY_FLOAT else 1 if code == NPY_DOUBLE else 2 if code == NPY_CFLOAT
            else 3 if code == NPY_CDOUBLE else -1)


cdef int kind_of_matrices(ndarray x, npy_intp more) except -1:
    """Which of the four dtypes a stack of square matrices has, behind each of which there are so many more rows."""
    cdef int nd = PyArray_NDIM(x), kind = lapack_kind(x)
    if kind < 0 or nd < 2 or PyArray_DIMS(x)[nd - 2] != PyArray_DIMS(x)[nd - 1] + more:
        raise ValueError(f"no matrices for LAPACK: {x.dtype} of shape {array_shape_of(x)}")
    return kind


cdef inline tuple array_shape_of(ndarray x):
    return <tuple>(<object>x).shape


cdef npy_intp right_sides(ndarray a, ndarray b, npy_intp more) except -1:
    """How many columns a system's right-hand sides have."""
    cdef int nd = PyArray_NDIM(a), d
    cdef bint fit = PyArray_NDIM(b) == nd and type_code(a) == type_code(b)
    for d in range(nd - 1 if fit else 0):
        fit = fit and PyArray_DIMS(b)[d] == PyArray_DIMS(a)[d] - (more if d == nd - 2 else 0)
    if not fit:
        raise ValueError(f"{array_shape_of(a)} and {array_shape_of(b)}, of {a.dtype} and {b.dtype}, are no systems")
    return PyArray_DIMS(b)[nd - 1]


cdef inline npy_intp stack_of(ndarray x) noexcept:
    """How many matrices there are in a stack; 0 where they have no elements."""
    cdef int nd = PyArray_NDIM(x)
    cdef npy_intp size = PyArray_DIMS(x)[nd - 1] * PyArray_DIMS(x)[nd - 2]
    return PyArray_SIZE(x) // size if size else 0


cdef inline bint is_long(npy_intp count, npy_intp n, npy_intp columns) noexcept:
    """Whether giving up the GIL pays."""
    return count * n * n * columns >= NOGIL_WORK


@cython.final
cdef class Lapack:
    """Entry points of one library: addresses in the order of `lapack_entries`. `wide` says that its
    integers have 64 bits."""
    cdef la_library library

    def __cinit__(self, list addresses, bint wide):
        cdef int k, i
        if len(addresses) != LA_ENTRIES * LA_KINDS or 0 in addresses:
            raise ValueError(f"{LA_ENTRIES * LA_KINDS} addresses are needed, not {len(addresses)}")
        if not wide and not la_reads():
            raise ValueError("integers of 32 bits are not those of 64 on this machine")
        self.library.wide = wide
        for k in range(LA_ENTRIES):
            for i in range(LA_KINDS):
                self.library.entry[k][i] = <la_entry><uintptr_t>addresses[k * LA_KINDS + i]

    @staticmethod
    def of_capsules(list capsules):
        """The same from functions that a module offers to compiled code, which say in C what they take."""
        cdef list addresses = []
        cdef const char* text
        for capsule in capsules:
            text = PyCapsule_GetName(capsule)
            if text == NULL:
                raise ValueError("a capsule without a name does not say what its function takes")
            if b"(int *" not in text and b", int *" not in text:
                raise ValueError(f"a function of other integers: {text.decode()}")
            addresses.append(<uintptr_t>PyCapsule_GetPointer(capsule, text))
        return Lapack(addresses, False)

    def cholesky(self, ndarray a):
        """Lower factors, of which only the lower triangles are read; None where a matrix is not positive definite."""
        cdef int kind = kind_of_matrices(a, 0), nd = PyArray_NDIM(a)
        cdef ndarray m = laid_out(a), x = new_array(type_code(a), nd, PyArray_DIMS(a))
        cdef npy_intp n = PyArray_DIMS(x)[nd - 1], count = stack_of(x), done
        cdef char* matrix = <char*>PyArray_DATA(m)
        cdef char* data = <char*>PyArray_DATA(x)
        if is_long(count, n, n):
            with nogil:
                done = la_cholesky(&self.library, kind, matrix, data, count, n)
        else:
            done = la_cholesky(&self.library, kind, matrix, data, count, n)
        return x if done == count else None

    def pull_back(self, ndarray factor, ndarray g):
        """What cotangents of Cholesky factors come to for the matrices."""
        cdef int kind = kind_of_matrices(factor, 0), nd = PyArray_NDIM(factor)
        cdef npy_intp columns = right_sides(factor, g, 0), n = PyArray_DIMS(factor)[nd - 1], count = stack_of(factor)
        if columns != n:
            raise ValueError(f"{array_shape_of(factor)} and {array_shape_of(g)} are no systems of squares")
        cdef ndarray given = laid_out(g), lower = laid_out(factor)
        cdef ndarray x = new_array(type_code(lower), nd, PyArray_DIMS(lower))
        cdef ndarray room = zeroed(type_code(lower), 2 * (LA_WHOLE * LA_WHOLE if n > LA_WHOLE else n * n))
        cdef char* matrix = <char*>PyArray_DATA(lower)
        cdef char* cotangent = <char*>PyArray_DATA(given)
        cdef char* data = <char*>PyArray_DATA(x)
        cdef char* work = <char*>PyArray_DATA(room)
        if is_long(count, n, n):
            with nogil:
                la_pull_back(&self.library, kind, matrix, cotangent, data, count, n, work)
        else:
            la_pull_back(&self.library, kind, matrix, cotangent, data, count, n, work)
        return x

    def triangular(self, ndarray a, ndarray b, bint lower, bint adjoint, bint unit):
        """Solutions of triangular systems."""
        cdef int kind = kind_of_matrices(a, 0), nd = PyArray_NDIM(a)
        cdef npy_intp columns = right_sides(a, b, 0)
        cdef ndarray x = copy_of(b), m = laid_out(a)
        cdef npy_intp n = PyArray_DIMS(m)[nd - 1], count = stack_of(m) if columns else 0
        cdef char* matrix = <char*>PyArray_DATA(m)
        cdef char* data = <char*>PyArray_DATA(x)
        if is_long(count, n, columns):
            with nogil:
                la_triangular(&self.library, kind, matrix, data, count, n, columns, lower, adjoint, unit)
        else:
            la_triangular(&self.library, kind, matrix, data, count, n, columns, lower, adjoint, unit)
        return x

    def factor(self, ndarray a):
        """Triangular factors of the transposed matrices, and behind each a row of what was exchanged with what."""
        cdef int kind = kind_of_matrices(a, 0), nd = PyArray_NDIM(a), d
        cdef npy_intp dims[MOST_DIMS]
        cdef npy_intp n = PyArray_DIMS(a)[nd - 1], count = stack_of(a)
        cdef ndarray x, swaps = zeroed(NPY_INT64, n)
        cdef char* data
        cdef int64_t* places = <int64_t*>PyArray_DATA(swaps)
        for d in range(nd):
            dims[d] = PyArray_DIMS(a)[d]
        dims[nd - 2] = n + 1
        x = new_array(type_code(a), nd, dims)
        PyArray_CopyInto(<ndarray>x[..., :n, :], a)
        data = <char*>PyArray_DATA(x)
        if is_long(count, n, n):
            with nogil:
                la_factor(&self.library, kind, data, count, n, places)
        else:
            la_factor(&self.library, kind, data, count, n, places)
        return x

    def solve(self, ndarray factors, ndarray b, bint adjoint):
        """Solutions of systems by what `factor` gives; with the conjugate transposes for `adjoint`."""
        cdef int kind = kind_of_matrices(factors, 1)
        cdef npy_intp columns = right_sides(factors, b, 1)
        cdef ndarray x = copy_of(b), m = laid_out(factors)
        cdef npy_intp n = PyArray_DIMS(m)[PyArray_NDIM(m) - 1], count = stack_of(m) if columns else 0
        cdef char* matrix = <char*>PyArray_DATA(m)
        cdef char* data = <char*>PyArray_DATA(x)
        if is_long(count, n, columns):
            with nogil:
                la_solve(&self.library, kind, matrix, data, count, n, columns, adjoint)
        else:
            la_solve(&self.library, kind, matrix, data, count, n, columns, adjoint)
        return x

    def inverse(self, ndarray factors):
        """Inverses by what `factor` gives."""
        cdef int kind = kind_of_matrices(factors, 1), nd = PyArray_NDIM(factors), d
        cdef npy_intp dims[MOST_DIMS]
        cdef npy_intp n = PyArray_DIMS(factors)[nd - 1], count = stack_of(factors), length = ROOM * n
        cdef ndarray m = laid_out(factors), x, swaps = zeroed(NPY_INT64, n), room = zeroed(type_code(factors), length)
        cdef char* matrix = <char*>PyArray_DATA(m)
        cdef char* data
        cdef char* work = <char*>PyArray_DATA(room)
        cdef int64_t* places = <int64_t*>PyArray_DATA(swaps)
        for d in range(nd):
            dims[d] = PyArray_DIMS(factors)[d]
        dims[nd - 2] = n
        x = new_array(type_code(factors), nd, dims)
        data = <char*>PyArray_DATA(x)
        if is_long(count, n, n):
            with nogil:
                la_inverse(&self.library, kind, matrix, data, count, n, places, work, length)
        else:
            la_inverse(&self.library, kind, matrix, data, count, n, places, work, length)
        return x


# Factors that a tape holds, by the address of the matrices they are of: (these, a reference to the factors' array).
# The matrices are held as long as the factors are, and nobody writes to what somebody else holds.
cdef dict factors_held = {}


def factors_once(Operand matrices, make):
    """make(matrices), or the factors that it made of the same array before, where a tape still holds them. A program
    shares what it computes twice by itself."""
    cdef ndarray array
    cdef Tensor made
    if traces or matrices.scalar or matrices.is_variable or matrices.borrowed:
        return make(matrices)
    array = matrices.array
    address = <uintptr_t><void*>array
    held = factors_held.get(address)
    if held is not None:
        factors = held[1]()
        if factors is not None:
            return bare_tensor(<ndarray>factors)
    made = <Tensor?>make(matrices)

    def forget(reference):
        if factors_held.get(address, (None, None))[1] is reference:
            del factors_held[address]

    factors_held[address] = (array, weak_reference(made.array, forget))
    return made
