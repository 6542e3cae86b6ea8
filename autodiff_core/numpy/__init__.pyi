# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.
# NumPy's functions give arrays of arrays and tensors of tensors, which NumPy's own stubs have no words for.

from typing import Any
from numpy import ufunc as ufunc
from numpy import False_ as False_
from numpy import ScalarType as ScalarType
from numpy import True_ as True_
from numpy import __array_namespace_info__ as __array_namespace_info__
from numpy import __version__ as __version__
from numpy import bool as bool
from numpy import bool_ as bool_
from numpy import broadcast as broadcast
from numpy import busdaycalendar as busdaycalendar
from numpy import byte as byte
from numpy import bytes_ as bytes_
from numpy import c_ as c_
from numpy import cdouble as cdouble
from numpy import char as char
from numpy import character as character
from numpy import clongdouble as clongdouble
from numpy import complex128 as complex128
from numpy import complex256 as complex256
from numpy import complex64 as complex64
from numpy import complexfloating as complexfloating
from numpy import core as core
from numpy import csingle as csingle
from numpy import ctypeslib as ctypeslib
from numpy import datetime64 as datetime64
from numpy import double as double
from numpy import dtype as dtype
from numpy import dtypes as dtypes
from numpy import e as e
from numpy import emath as emath
from numpy import errstate as errstate
from numpy import euler_gamma as euler_gamma
from numpy import exceptions as exceptions
from numpy import f2py as f2py
from . import fft as fft
from numpy import finfo as finfo
from numpy import flatiter as flatiter
from numpy import flexible as flexible
from numpy import float128 as float128
from numpy import float16 as float16
from numpy import float32 as float32
from numpy import float64 as float64
from numpy import floating as floating
from numpy import generic as generic
from numpy import half as half
from numpy import iinfo as iinfo
from numpy import index_exp as index_exp
from numpy import inexact as inexact
from numpy import inf as inf
from numpy import int16 as int16
from numpy import int32 as int32
from numpy import int64 as int64
from numpy import int8 as int8
from numpy import int_ as int_
from numpy import intc as intc
from numpy import integer as integer
from numpy import intp as intp
from numpy import lib as lib
from . import linalg as linalg
from numpy import little_endian as little_endian
from numpy import long as long
from numpy import longdouble as longdouble
from numpy import longlong as longlong
from numpy import ma as ma
from numpy import matrix as matrix
from numpy import memmap as memmap
from numpy import mgrid as mgrid
from numpy import nan as nan
from numpy import ndarray as ndarray
from numpy import ndenumerate as ndenumerate
from numpy import ndindex as ndindex
from numpy import nditer as nditer
from numpy import newaxis as newaxis
from numpy import number as number
from numpy import object_ as object_
from numpy import ogrid as ogrid
from numpy import pi as pi
from numpy import poly1d as poly1d
from numpy import polynomial as polynomial
from numpy import r_ as r_
from numpy import random as random
from numpy import rec as rec
from numpy import recarray as recarray
from numpy import record as record
from numpy import s_ as s_
from numpy import sctypeDict as sctypeDict
from numpy import short as short
from numpy import signedinteger as signedinteger
from numpy import single as single
from numpy import str_ as str_
from numpy import strings as strings
from numpy import testing as testing
from numpy import timedelta64 as timedelta64
from numpy import typecodes as typecodes
from numpy import typing as typing
from numpy import ubyte as ubyte
from numpy import uint as uint
from numpy import uint16 as uint16
from numpy import uint32 as uint32
from numpy import uint64 as uint64
from numpy import uint8 as uint8
from numpy import uintc as uintc
from numpy import uintp as uintp
from numpy import ulong as ulong
from numpy import ulonglong as ulonglong
from numpy import unsignedinteger as unsignedinteger
from numpy import ushort as ushort
from numpy import vectorize as vectorize
from numpy import void as void

abs: ufunc
absolute: ufunc
acos: ufunc
acosh: ufunc
add: ufunc
arccos: ufunc
arccosh: ufunc
arcsin: ufunc
arcsinh: ufunc
arctan: ufunc
arctan2: ufunc
arctanh: ufunc
asin: ufunc
asinh: ufunc
atan: ufunc
atan2: ufunc
atanh: ufunc
bitwise_and: ufunc
bitwise_count: ufunc
bitwise_invert: ufunc
bitwise_left_shift: ufunc
bitwise_not: ufunc
bitwise_or: ufunc
bitwise_right_shift: ufunc
bitwise_xor: ufunc
cbrt: ufunc
ceil: ufunc
conj: ufunc
conjugate: ufunc
copysign: ufunc
cos: ufunc
cosh: ufunc
deg2rad: ufunc
degrees: ufunc
divide: ufunc
divmod: ufunc
equal: ufunc
exp: ufunc
exp2: ufunc
expm1: ufunc
fabs: ufunc
float_power: ufunc
floor: ufunc
floor_divide: ufunc
fmax: ufunc
fmin: ufunc
fmod: ufunc
frexp: ufunc
gcd: ufunc
greater: ufunc
greater_equal: ufunc
heaviside: ufunc
hypot: ufunc
invert: ufunc
isfinite: ufunc
isinf: ufunc
isnan: ufunc
isnat: ufunc
lcm: ufunc
ldexp: ufunc
left_shift: ufunc
less: ufunc
less_equal: ufunc
log: ufunc
log10: ufunc
log1p: ufunc
log2: ufunc
logaddexp: ufunc
logaddexp2: ufunc
logical_and: ufunc
logical_not: ufunc
logical_or: ufunc
logical_xor: ufunc
matmul: ufunc
matvec: ufunc
maximum: ufunc
minimum: ufunc
mod: ufunc
modf: ufunc
multiply: ufunc
negative: ufunc
nextafter: ufunc
not_equal: ufunc
positive: ufunc
pow: ufunc
power: ufunc
rad2deg: ufunc
radians: ufunc
reciprocal: ufunc
remainder: ufunc
right_shift: ufunc
rint: ufunc
sign: ufunc
signbit: ufunc
sin: ufunc
sinh: ufunc
spacing: ufunc
sqrt: ufunc
square: ufunc
subtract: ufunc
tan: ufunc
tanh: ufunc
true_divide: ufunc
trunc: ufunc
vecdot: ufunc
vecmat: ufunc

def all(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., *, where: Any = ...) -> Any:
    """Test whether all array elements along a given axis evaluate to True."""

def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """Returns True if two arrays are element-wise equal within a tolerance."""

def amax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the maximum of an array or maximum along an axis."""

def amin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the minimum of an array or minimum along an axis."""

def angle(z: Any, deg: Any = False) -> Any:
    """Return the angle of the complex argument."""

def any(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., *, where: Any = ...) -> Any:
    """Test whether any array element along a given axis evaluates to True."""

def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """Append values to the end of an array."""

def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Apply a function to 1-D slices along the given axis."""

def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """Apply a function repeatedly over multiple axes."""

def arange(
    start_or_stop: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None, like: Any = None
) -> Any:
    """Return evenly spaced values within a given interval."""

def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = ...) -> Any:
    """Returns the indices of the maximum values along an axis."""

def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = ...) -> Any:
    """Returns the indices of the minimum values along an axis."""

def argpartition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """Perform an indirect partition along the given axis using the"""

def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """Returns the indices that would sort an array."""

def argwhere(a: Any) -> Any:
    """Find the indices of array elements that are non-zero, grouped by element."""

def around(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """Round an array to the given number of decimals."""

def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: Any = False,
    ndmin: Any = 0,
    ndmax: Any = 0,
    like: Any = None,
) -> Any:
    """ndmax=0, like=None)"""

def array2string(
    a: Any,
    max_line_width: Any = None,
    precision: Any = None,
    suppress_small: Any = None,
    separator: Any = " ",
    prefix: Any = "",
    *,
    formatter: Any = None,
    threshold: Any = None,
    edgeitems: Any = None,
    sign: Any = None,
    floatmode: Any = None,
    suffix: Any = "",
    legacy: Any = None,
) -> Any:
    """Return a string representation of an array."""

def array_equal(a1: Any, a2: Any, equal_nan: Any = False) -> Any:
    """True if two arrays have the same shape and elements, False otherwise."""

def array_equiv(a1: Any, a2: Any) -> Any:
    """Returns True if input arrays are shape consistent and all elements equal."""

def array_repr(arr: Any, max_line_width: Any = None, precision: Any = None, suppress_small: Any = None) -> Any:
    """Return the string representation of an array."""

def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Split an array into multiple sub-arrays."""

def array_str(a: Any, max_line_width: Any = None, precision: Any = None, suppress_small: Any = None) -> Any:
    """Return a string representation of the data in an array."""

def asanyarray(
    a: Any, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None, like: Any = None
) -> Any:
    """Convert the input to an ndarray, but pass ndarray subclasses through."""

def asarray(
    a: Any, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None, like: Any = None
) -> Any:
    """Convert the input to an array."""

def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    """Convert the input to an array, checking for NaNs or Infs."""

def ascontiguousarray(a: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """Return a contiguous array (ndim >= 1) in memory (C order)."""

def asfortranarray(a: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """Return an array (ndim >= 1) laid out in Fortran order in memory."""

def asmatrix(data: Any, dtype: Any = None) -> Any:
    """Interpret the input as a matrix."""

def astype(x: Any, dtype: Any, /, *, copy: Any = True, device: Any = None) -> Any:
    """Copies an array to a specified data type."""

def atleast_1d(*arys: Any) -> Any:
    """Convert inputs to arrays with at least one dimension."""

def atleast_2d(*arys: Any) -> Any:
    """View inputs as arrays with at least two dimensions."""

def atleast_3d(*arys: Any) -> Any:
    """View inputs as arrays with at least three dimensions."""

def average(a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = ...) -> Any:
    """Compute the weighted average along the specified axis."""

def bartlett(M: Any) -> Any:
    """Return the Bartlett window."""

def base_repr(number: Any, base: Any = 2, padding: Any = 0) -> Any:
    """Return a string representation of a number in the given base system."""

def binary_repr(num: Any, width: Any = None) -> Any:
    """Return the binary representation of the input number as a string."""

def bincount(x: Any, /, weights: Any = None, minlength: Any = 0) -> Any:
    """Count number of occurrences of each value in array of non-negative ints."""

def blackman(M: Any) -> Any:
    """Return the Blackman window."""

def block(arrays: Any) -> Any:
    """Assemble an nd-array from nested lists of blocks."""

def bmat(obj: Any, ldict: Any = None, gdict: Any = None) -> Any:
    """Build a matrix object from a string, nested sequence, or array."""

def broadcast_arrays(*args: Any, subok: Any = False) -> Any:
    """Broadcast any number of arrays against each other."""

def broadcast_shapes(*args: Any) -> Any:
    """Broadcast the input shapes into a single shape."""

def broadcast_to(array: Any, shape: Any, subok: Any = False) -> Any:
    """Broadcast an array to a new shape."""

def busday_count(
    begindates: Any,
    enddates: Any,
    weekmask: Any = "1111100",
    holidays: Any = ...,
    busdaycal: Any = None,
    out: Any = None,
) -> Any:
    """begindates,"""

def busday_offset(
    dates: Any,
    offsets: Any,
    roll: Any = "raise",
    weekmask: Any = "1111100",
    holidays: Any = None,
    busdaycal: Any = None,
    out: Any = None,
) -> Any:
    """dates,"""

def can_cast(from_: Any, to: Any, casting: Any = "safe") -> Any:
    """Returns True if cast between data types can occur according to the"""

def choose(a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    """Construct an array from an index array and a list of arrays to choose from."""

def clip(
    a: Any, a_min: Any = ..., a_max: Any = ..., out: Any = None, *, min: Any = ..., max: Any = ..., **kwargs: Any
) -> Any:
    """Clip (limit) the values in an array."""

def column_stack(tup: Any) -> Any:
    """Stack 1-D arrays as columns into a 2-D array."""

def common_type(*arrays: Any) -> Any:
    """Return a scalar type which is common to the input arrays."""

def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """Return selected slices of an array along given axis."""

def concat(arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Join a sequence of arrays along an existing axis."""

def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    """Join a sequence of arrays along an existing axis."""

def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """Returns the discrete, linear convolution of two one-dimensional sequences."""

def copy(a: Any, order: Any = "K", subok: Any = False) -> Any:
    """Return an array copy of the given object."""

def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> Any:
    """Copies values from one array to another, broadcasting as necessary."""

def corrcoef(x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Any:
    """Return Pearson product-moment correlation coefficients."""

def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """Cross-correlation of two 1-dimensional sequences."""

def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """Counts the number of non-zero values in the array ``a``."""

def cov(
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """Estimate a covariance matrix, given data and weights."""

def cross(a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> Any:
    """Return the cross product of two (arrays of) vectors."""

def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the cumulative product of elements along a given axis."""

def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the cumulative sum of the elements along a given axis."""

def cumulative_prod(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Any:
    """Return the cumulative product of elements along a given axis."""

def cumulative_sum(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Any:
    """Return the cumulative sum of the elements along a given axis."""

def datetime_as_string(arr: Any, unit: Any = None, timezone: Any = "naive", casting: Any = "same_kind") -> Any:
    """Convert an array of datetimes into an array of strings."""

def datetime_data(dtype: Any, /) -> Any:
    """Get information about the step size of a date or time type."""

def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """Return a new array with sub-arrays along an axis deleted. For a one"""

def diag(v: Any, k: Any = 0) -> Any:
    """Extract a diagonal or construct a diagonal array."""

def diag_indices(n: Any, ndim: Any = 2) -> Any:
    """Return the indices to access the main diagonal of an array."""

def diag_indices_from(arr: Any) -> Any:
    """Return the indices to access the main diagonal of an n-dimensional array."""

def diagflat(v: Any, k: Any = 0) -> Any:
    """Create a two-dimensional array with the flattened input as a diagonal."""

def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Return specified diagonals."""

def diff(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = ..., append: Any = ...) -> Any:
    """Calculate the n-th discrete difference along the given axis."""

def digitize(x: Any, bins: Any, right: Any = False) -> Any:
    """Return the indices of the bins to which each value in input array belongs."""

def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Dot product of two arrays. Specifically,"""

def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split array into multiple sub-arrays along the 3rd axis (depth)."""

def dstack(tup: Any) -> Any:
    """Stack arrays in sequence depth wise (along third axis)."""

def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences between consecutive elements of an array."""

def einsum(*operands: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
    """casting='safe', optimize=False)"""

def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: Any = False) -> Any:
    """Evaluates the lowest cost contraction order for an einsum expression by"""

def empty(shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None) -> Any:
    """Return a new array of given shape and type, without initializing entries."""

def empty_like(
    prototype: Any, /, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, *, device: Any = None
) -> Any:
    """Return a new array with the same shape and type as a given array."""

def expand_dims(a: Any, axis: Any) -> Any:
    """Expand the shape of an array."""

def extract(condition: Any, arr: Any) -> Any:
    """Return the elements of an array that satisfy some condition."""

def eye(
    N: Any, M: Any = None, k: Any = 0, dtype: Any = ..., order: Any = "C", *, device: Any = None, like: Any = None
) -> Any:
    """Return a 2-D array with ones on the diagonal and zeros elsewhere."""

def fill_diagonal(a: Any, val: Any, wrap: Any = False) -> Any:
    """Fill the main diagonal of the given array of any dimensionality."""

def fix(x: Any, out: Any = None) -> Any:
    """Round to nearest integer towards zero."""

def flatnonzero(a: Any) -> Any:
    """Return indices that are non-zero in the flattened version of a."""

def flip(m: Any, axis: Any = None) -> Any:
    """Reverse the order of elements in an array along the given axis."""

def fliplr(m: Any) -> Any:
    """Reverse the order of elements along axis 1 (left/right)."""

def flipud(m: Any) -> Any:
    """Reverse the order of elements along axis 0 (up/down)."""

def format_float_positional(
    x: Any,
    precision: Any = None,
    unique: Any = True,
    fractional: Any = True,
    trim: Any = "k",
    sign: Any = False,
    pad_left: Any = None,
    pad_right: Any = None,
    min_digits: Any = None,
) -> Any:
    """Format a floating-point scalar as a decimal string in positional notation."""

def format_float_scientific(
    x: Any,
    precision: Any = None,
    unique: Any = True,
    trim: Any = "k",
    sign: Any = False,
    pad_left: Any = None,
    exp_digits: Any = None,
    min_digits: Any = None,
) -> Any:
    """Format a floating-point scalar as a decimal string in scientific notation."""

def from_dlpack(x: Any, /, *, device: Any = None, copy: Any = None) -> Any:
    """Create a NumPy array from an object implementing the ``__dlpack__``"""

def frombuffer(buffer: Any, dtype: Any = None, count: Any = -1, offset: Any = 0, *, like: Any = None) -> Any:
    """Interpret a buffer as a 1-dimensional array."""

def fromfile(file: Any, dtype: Any = None, count: Any = -1, sep: Any = "", offset: Any = 0, *, like: Any = None) -> Any:
    """Construct an array from data in a text or binary file."""

def fromfunction(function: Any, shape: Any, *, dtype: Any = ..., like: Any = None, **kwargs: Any) -> Any:
    """Construct an array by executing a function over each coordinate."""

def fromiter(iter: Any, dtype: Any, count: Any = -1, *, like: Any = None) -> Any:
    """Create a new 1-dimensional array from an iterable object."""

def frompyfunc(func: Any, /, nin: Any, nout: Any, **kwargs: Any) -> Any:
    """Takes an arbitrary Python function and returns a NumPy ufunc."""

def fromregex(file: Any, regexp: Any, dtype: Any, encoding: Any = None) -> Any:
    """Construct an array from a text file, using regular expression parsing."""

def fromstring(*args: Any, **kwargs: Any) -> Any:
    """A new 1-D array initialized from text data in a string."""

def full(
    shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None
) -> Any:
    """Return a new array of given shape and type, filled with `fill_value`."""

def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: Any = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    """Return a full array with the same shape and type as a given array."""

def genfromtxt(
    fname: Any,
    dtype: Any = ...,
    comments: Any = "#",
    delimiter: Any = None,
    skip_header: Any = 0,
    skip_footer: Any = 0,
    converters: Any = None,
    missing_values: Any = None,
    filling_values: Any = None,
    usecols: Any = None,
    names: Any = None,
    excludelist: Any = None,
    deletechars: Any = " !#$%&'()*+,-./:;<=>?@[\\]^{|}~",
    replace_space: Any = "_",
    autostrip: Any = False,
    case_sensitive: Any = True,
    defaultfmt: Any = "f%i",
    unpack: Any = None,
    usemask: Any = False,
    loose: Any = True,
    invalid_raise: Any = True,
    max_rows: Any = None,
    encoding: Any = None,
    *,
    ndmin: Any = 0,
    like: Any = None,
) -> Any:
    """Load data from a text file, with missing values handled as specified."""

def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0) -> Any:
    """Return numbers spaced evenly on a log scale (a geometric progression)."""

def get_include() -> Any:
    r"""Return the directory that contains the NumPy \*.h header files."""

def get_printoptions() -> Any:
    """Return the current print options."""

def getbufsize() -> Any:
    """Return the size of the buffer used in ufuncs."""

def geterr() -> Any:
    """Get the current way of handling floating-point errors."""

def geterrcall() -> Any:
    """Return the current callback function used on floating-point errors."""

def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """Return the gradient of an N-dimensional array."""

def hamming(M: Any) -> Any:
    """Return the Hamming window."""

def hanning(M: Any) -> Any:
    """Return the Hanning window."""

def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Compute the histogram of a dataset."""

def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Compute the bi-dimensional histogram of two data samples."""

def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """Function to calculate only the edges of the bins used by the `histogram`"""

def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Compute the multidimensional histogram of some data."""

def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split an array into multiple sub-arrays horizontally (column-wise)."""

def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Stack arrays in sequence horizontally (column wise)."""

def i0(x: Any) -> Any:
    """Modified Bessel function of the first kind, order 0."""

def identity(n: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """Return the identity array."""

def imag(val: Any) -> Any:
    """Return the imaginary part of the complex argument."""

def indices(dimensions: Any, dtype: Any = ..., sparse: Any = False) -> Any:
    """Return an array representing the indices of a grid."""

def info(object: Any = None, maxwidth: Any = 76, output: Any = None, toplevel: Any = "numpy") -> Any:
    """Get help information for an array, function, class, or module."""

def inner(a: Any, b: Any, /) -> Any:
    """Inner product of two arrays."""

def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """Insert values along the given axis before the given indices."""

def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """One-dimensional linear interpolation for monotonically increasing sample points."""

def intersect1d(ar1: Any, ar2: Any, assume_unique: Any = False, return_indices: Any = False) -> Any:
    """Find the intersection of two arrays."""

def is_busday(
    dates: Any, weekmask: Any = "1111100", holidays: Any = None, busdaycal: Any = None, out: Any = None
) -> Any:
    """dates,"""

def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """Returns a boolean array where two arrays are element-wise equal within a"""

def iscomplex(x: Any) -> Any:
    """Returns a bool array, where True if input element is complex."""

def iscomplexobj(x: Any) -> Any:
    """Check for a complex type or an array of complex numbers."""

def isdtype(dtype: Any, kind: Any) -> Any:
    """Determine if a provided dtype is of a specified data type ``kind``."""

def isfortran(a: Any) -> Any:
    """Check if the array is Fortran contiguous but *not* C contiguous."""

def isin(element: Any, test_elements: Any, assume_unique: Any = False, invert: Any = False, *, kind: Any = None) -> Any:
    """Calculates ``element in test_elements``, broadcasting over `element` only."""

def isneginf(x: Any, out: Any = None) -> Any:
    """Test element-wise for negative infinity, return result as bool array."""

def isposinf(x: Any, out: Any = None) -> Any:
    """Test element-wise for positive infinity, return result as bool array."""

def isreal(x: Any) -> Any:
    """Returns a bool array, where True if input element is real."""

def isrealobj(x: Any) -> Any:
    """Return True if x is a not complex type or an array of complex numbers."""

def isscalar(element: Any) -> Any:
    """Returns True if the type of `element` is a scalar type."""

def issubdtype(arg1: Any, arg2: Any) -> Any:
    """Returns True if first argument is a typecode lower/equal in type hierarchy."""

def iterable(y: Any) -> Any:
    """Check whether or not an object can be iterated over."""

def ix_(*args: Any) -> Any:
    """Construct an open mesh from multiple sequences."""

def kaiser(M: Any, beta: Any) -> Any:
    """Return the Kaiser window."""

def kron(a: Any, b: Any) -> Any:
    """Kronecker product of two arrays."""

def lexsort(keys: Any, axis: Any = -1) -> Any:
    """Perform an indirect stable sort using a sequence of keys."""

def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    dtype: Any = None,
    axis: Any = 0,
    *,
    device: Any = None,
) -> Any:
    """Return evenly spaced numbers over a specified interval."""

def load(
    file: Any,
    mmap_mode: Any = None,
    allow_pickle: Any = False,
    fix_imports: Any = True,
    encoding: Any = "ASCII",
    *,
    max_header_size: Any = 10000,
) -> Any:
    """Load arrays or pickled objects from ``.npy``, ``.npz`` or pickled files."""

def loadtxt(
    fname: Any,
    dtype: Any = ...,
    comments: Any = "#",
    delimiter: Any = None,
    converters: Any = None,
    skiprows: Any = 0,
    usecols: Any = None,
    unpack: Any = False,
    ndmin: Any = 0,
    encoding: Any = None,
    max_rows: Any = None,
    *,
    quotechar: Any = None,
    like: Any = None,
) -> Any:
    """Load data from a text file."""

def logspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10.0, dtype: Any = None, axis: Any = 0
) -> Any:
    """Return numbers spaced evenly on a log scale."""

def mask_indices(n: Any, mask_func: Any, k: Any = 0) -> Any:
    """Return the indices to access (n, n) arrays, given a masking function."""

def matrix_transpose(x: Any, /) -> Any:
    """Transposes a matrix (or a stack of matrices) ``x``."""

def max(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the maximum of an array or maximum along an axis."""

def may_share_memory(a: Any, b: Any, /, max_work: Any = 0) -> Any:
    """Determine if two arrays might share memory"""

def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = ..., *, where: Any = ...) -> Any:
    """Compute the arithmetic mean along the specified axis."""

def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False) -> Any:
    """Compute the median along the specified axis."""

def meshgrid(*xi: Any, copy: Any = True, sparse: Any = False, indexing: Any = "xy") -> Any:
    """Return a tuple of coordinate matrices from coordinate vectors."""

def min(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the minimum of an array or minimum along an axis."""

def min_scalar_type(a: Any, /) -> Any:
    """For scalar ``a``, returns the data type with the smallest size"""

def mintypecode(typechars: Any, typeset: Any = "GDFgdf", default: Any = "d") -> Any:
    """Return the character for the minimum-size type to which given types can"""

def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Move axes of an array to new positions."""

def nan_to_num(x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace NaN with zero and infinity with large finite numbers (default"""

def nanargmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = ...) -> Any:
    """Return the indices of the maximum values in the specified axis ignoring"""

def nanargmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = ...) -> Any:
    """Return the indices of the minimum values in the specified axis ignoring"""

def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the cumulative product of array elements over a given axis treating Not a"""

def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the cumulative sum of array elements over a given axis treating Not a"""

def nanmax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the maximum of an array or maximum along an axis, ignoring any"""

def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = ..., *, where: Any = ...
) -> Any:
    """Compute the arithmetic mean along the specified axis, ignoring NaNs."""

def nanmedian(a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = ...) -> Any:
    """Compute the median along the specified axis, while ignoring NaNs."""

def nanmin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return minimum of an array or minimum along an axis, ignoring any NaNs."""

def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = ...,
    *,
    weights: Any = None,
) -> Any:
    """Compute the qth percentile of the data along the specified axis,"""

def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = ...,
    initial: Any = ...,
    where: Any = ...,
) -> Any:
    """Return the product of array elements over a given axis treating Not a"""

def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = ...,
    *,
    weights: Any = None,
) -> Any:
    """Compute the qth quantile of the data along the specified axis,"""

def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = ...,
    *,
    where: Any = ...,
    mean: Any = ...,
    correction: Any = ...,
) -> Any:
    """Compute the standard deviation along the specified axis, while"""

def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = ...,
    initial: Any = ...,
    where: Any = ...,
) -> Any:
    """Return the sum of array elements over a given axis treating Not a"""

def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = ...,
    *,
    where: Any = ...,
    mean: Any = ...,
    correction: Any = ...,
) -> Any:
    """Compute the variance along the specified axis, while ignoring NaNs."""

def ndim(a: Any) -> Any:
    """Return the number of dimensions of an array."""

def nested_iters(
    op: Any,
    axes: Any,
    flags: Any = None,
    op_flags: Any = None,
    op_dtypes: Any = None,
    order: Any = "K",
    casting: Any = "safe",
    buffersize: Any = 0,
) -> Any:
    """order='K', casting='safe', buffersize=0)"""

def nonzero(a: Any) -> Any:
    """Return the indices of the elements that are non-zero."""

def ones(shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None) -> Any:
    """Return a new array of given shape and type, filled with ones."""

def ones_like(
    a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, *, device: Any = None
) -> Any:
    """Return an array of ones with the same shape and type as a given array."""

def outer(a: Any, b: Any, out: Any = None) -> Any:
    """Compute the outer product of two vectors."""

def packbits(a: Any, /, axis: Any = None, bitorder: Any = "big") -> Any:
    """Packs the elements of a binary-valued array into bits in a uint8 array."""

def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """Pad an array."""

def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """Return a partitioned copy of an array."""

def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """Compute the q-th percentile of the data along the specified axis."""

def permute_dims(a: Any, axes: Any = None) -> Any:
    """Returns an array with axes transposed."""

def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Evaluate a piecewise-defined function."""

def place(arr: Any, mask: Any, vals: Any) -> Any:
    """Change elements of an array based on conditional and input values."""

def poly(seq_of_zeros: Any) -> Any:
    """Find the coefficients of a polynomial with the given sequence of roots."""

def polyadd(a1: Any, a2: Any) -> Any:
    """Find the sum of two polynomials."""

def polyder(p: Any, m: Any = 1) -> Any:
    """Return the derivative of the specified order of a polynomial."""

def polydiv(u: Any, v: Any) -> Any:
    """Returns the quotient and remainder of polynomial division."""

def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None, cov: Any = False) -> Any:
    """Least squares polynomial fit."""

def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """Return an antiderivative (indefinite integral) of a polynomial."""

def polymul(a1: Any, a2: Any) -> Any:
    """Find the product of two polynomials."""

def polysub(a1: Any, a2: Any) -> Any:
    """Difference (subtraction) of two polynomials."""

def polyval(p: Any, x: Any) -> Any:
    """Evaluate a polynomial at specific values."""

def printoptions(*args: Any, **kwargs: Any) -> Any:
    """Context manager for setting print options."""

def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = ...,
    initial: Any = ...,
    where: Any = ...,
) -> Any:
    """Return the product of array elements over a given axis."""

def promote_types(type1: Any, type2: Any, /) -> Any:
    """Returns the data type with the smallest size and smallest scalar"""

def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = ...) -> Any:
    """Range of values (maximum - minimum) along an axis."""

def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> Any:
    """Replaces specified elements of an array with given values."""

def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> Any:
    """Put values into the destination array by matching 1d index and data slices."""

def putmask(a: Any, /, mask: Any, values: Any) -> Any:
    """Changes elements of an array based on conditional and input values."""

def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """Compute the q-th quantile of the data along the specified axis."""

def ravel(a: Any, order: Any = "C") -> Any:
    """Return a contiguous flattened array."""

def ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: Any = "C") -> Any:
    """Converts a tuple of index arrays into an array of flat"""

def real(val: Any) -> Any:
    """Return the real part of the complex argument."""

def real_if_close(a: Any, tol: Any = 100) -> Any:
    """If input is complex with all imaginary parts close to zero, return"""

def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Repeat each element of an array after themselves"""

def require(a: Any, dtype: Any = None, requirements: Any = None, *, like: Any = None) -> Any:
    """Return an ndarray of the provided type that satisfies requirements."""

def reshape(a: Any, /, shape: Any, order: Any = "C", *, copy: Any = None) -> Any:
    """Gives a new shape to an array without changing its data."""

def resize(a: Any, new_shape: Any) -> Any:
    """Return a new array with the specified shape."""

def result_type(*arrays_and_dtypes: Any) -> Any:
    """Returns the type that results from applying the NumPy"""

def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Roll array elements along a given axis."""

def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    """Roll the specified axis backwards, until it lies in a given position."""

def roots(p: Any) -> Any:
    """Return the roots of a polynomial with coefficients given in p."""

def rot90(m: Any, k: Any = 1, axes: Any = ...) -> Any:
    """Rotate an array by 90 degrees in the plane specified by axes."""

def round(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """Evenly round to the given number of decimals."""

def row_stack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Stack arrays in sequence vertically (row wise)."""

def save(file: Any, arr: Any, allow_pickle: Any = True) -> Any:
    """Save an array to a binary file in NumPy ``.npy`` format."""

def savetxt(
    fname: Any,
    X: Any,
    fmt: Any = "%.18e",
    delimiter: Any = " ",
    newline: Any = "\n",
    header: Any = "",
    footer: Any = "",
    comments: Any = "# ",
    encoding: Any = None,
) -> Any:
    """Save an array to a text file."""

def savez(file: Any, *args: Any, allow_pickle: Any = True, **kwds: Any) -> Any:
    """Save several arrays into a single file in uncompressed ``.npz`` format."""

def savez_compressed(file: Any, *args: Any, allow_pickle: Any = True, **kwds: Any) -> Any:
    """Save several arrays into a single file in compressed ``.npz`` format."""

def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """Find indices where elements should be inserted to maintain order."""

def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Return an array drawn from elements in choicelist, depending on conditions."""

def set_printoptions(
    precision: Any = None,
    threshold: Any = None,
    edgeitems: Any = None,
    linewidth: Any = None,
    suppress: Any = None,
    nanstr: Any = None,
    infstr: Any = None,
    formatter: Any = None,
    sign: Any = None,
    floatmode: Any = None,
    *,
    legacy: Any = None,
    override_repr: Any = None,
) -> Any:
    """Set printing options."""

def setbufsize(size: Any) -> Any:
    """Set the size of the buffer used in ufuncs."""

def setdiff1d(ar1: Any, ar2: Any, assume_unique: Any = False) -> Any:
    """Find the set difference of two arrays."""

def seterr(all: Any = None, divide: Any = None, over: Any = None, under: Any = None, invalid: Any = None) -> Any:
    """Set how floating-point errors are handled."""

def seterrcall(func: Any) -> Any:
    """Set the floating-point error callback function or log object."""

def setxor1d(ar1: Any, ar2: Any, assume_unique: Any = False) -> Any:
    """Find the set exclusive-or of two arrays."""

def shape(a: Any) -> Any:
    """Return the shape of an array."""

def shares_memory(a: Any, b: Any, /, max_work: Any = -1) -> Any:
    """Determine if two arrays share memory."""

def show_config(mode: Any = "stdout") -> Any:
    """Show libraries and system information on which NumPy was built"""

def show_runtime() -> Any:
    """Print information about various resources in the system"""

def sinc(x: Any) -> Any:
    """Return the normalized sinc function."""

def size(a: Any, axis: Any = None) -> Any:
    """Return the number of elements along a given axis."""

def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """Return a sorted copy of an array."""

def sort_complex(a: Any) -> Any:
    """Sort a complex array using the real part first, then the imaginary part."""

def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Split an array into multiple sub-arrays as views into `ary`."""

def squeeze(a: Any, axis: Any = None) -> Any:
    """Remove axes of length one from `a`."""

def stack(arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Join a sequence of arrays along a new axis."""

def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = ...,
    *,
    where: Any = ...,
    mean: Any = ...,
    correction: Any = ...,
) -> Any:
    """Compute the standard deviation along the specified axis."""

def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = ...,
    initial: Any = ...,
    where: Any = ...,
) -> Any:
    """Sum of array elements over a given axis."""

def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    """Interchange two axes of an array."""

def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    """Take elements from an array along an axis."""

def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Take values from the input array by matching 1d index and data slices."""

def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Compute tensor dot product along specified axes."""

def test(
    label: Any = "fast",
    verbose: Any = 1,
    extra_argv: Any = None,
    doctests: Any = False,
    coverage: Any = False,
    durations: Any = -1,
    tests: Any = None,
) -> Any:
    """Pytest test runner."""

def tile(A: Any, reps: Any) -> Any:
    """Construct an array by repeating A the number of times given by reps."""

def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None) -> Any:
    """Return the sum along diagonals of the array."""

def transpose(a: Any, axes: Any = None) -> Any:
    """Returns an array with axes transposed."""

def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    """Integrate along the given axis using the composite trapezoidal rule."""

def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = ..., *, like: Any = None) -> Any:
    """An array with ones at and below the given diagonal and zeros elsewhere."""

def tril(m: Any, k: Any = 0) -> Any:
    """Lower triangle of an array."""

def tril_indices(n: Any, k: Any = 0, m: Any = None) -> Any:
    """Return the indices for the lower-triangle of an (n, m) array."""

def tril_indices_from(arr: Any, k: Any = 0) -> Any:
    """Return the indices for the lower-triangle of arr."""

def trim_zeros(filt: Any, trim: Any = "fb", axis: Any = None) -> Any:
    """Remove values along a dimension which are zero along all other."""

def triu(m: Any, k: Any = 0) -> Any:
    """Upper triangle of an array."""

def triu_indices(n: Any, k: Any = 0, m: Any = None) -> Any:
    """Return the indices for the upper-triangle of an (n, m) array."""

def triu_indices_from(arr: Any, k: Any = 0) -> Any:
    """Return the indices for the upper-triangle of arr."""

def typename(char: Any) -> Any:
    """Return a description for the given data type code."""

def union1d(ar1: Any, ar2: Any) -> Any:
    """Find the union of two arrays."""

def unique(
    ar: Any,
    return_index: Any = False,
    return_inverse: Any = False,
    return_counts: Any = False,
    axis: Any = None,
    *,
    equal_nan: Any = True,
    sorted: Any = True,
) -> Any:
    """Find the unique elements of an array."""

def unique_all(x: Any) -> Any:
    """Find the unique elements of an array, and counts, inverse, and indices."""

def unique_counts(x: Any) -> Any:
    """Find the unique elements and counts of an input array `x`."""

def unique_inverse(x: Any) -> Any:
    """Find the unique elements of `x` and indices to reconstruct `x`."""

def unique_values(x: Any) -> Any:
    """Returns the unique elements of an input array `x`."""

def unpackbits(a: Any, /, axis: Any = None, count: Any = None, bitorder: Any = "big") -> Any:
    """Unpacks elements of a uint8 array into a binary-valued output array."""

def unravel_index(indices: Any, shape: Any, order: Any = "C") -> Any:
    """Converts a flat index or array of flat indices into a tuple"""

def unstack(x: Any, /, *, axis: Any = 0) -> Any:
    """Split an array into a sequence of arrays along the given axis."""

def unwrap(p: Any, discont: Any = None, axis: Any = -1, *, period: Any = 6.283185307179586) -> Any:
    """Unwrap by taking the complement of large deltas with respect to the period."""

def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """Generate a Vandermonde matrix."""

def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = ...,
    *,
    where: Any = ...,
    mean: Any = ...,
    correction: Any = ...,
) -> Any:
    """Compute the variance along the specified axis."""

def vdot(a: Any, b: Any, /) -> Any:
    """Return the dot product of two vectors."""

def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split an array into multiple sub-arrays vertically (row-wise)."""

def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Stack arrays in sequence vertically (row wise)."""

def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """Return elements chosen from `x` or `y` depending on `condition`."""

def zeros(shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None) -> Any:
    """Return a new array of given shape and type, filled with zeros."""

def zeros_like(
    a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, *, device: Any = None
) -> Any:
    """Return an array of zeros with the same shape and type as a given array."""
