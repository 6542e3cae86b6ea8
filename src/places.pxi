# Places: where the user's code stands, and how that is spelled.
#
# A place is a code object and the line in it; of a program from a file the path, the line and the function's name,
# whatever somebody wrote there; of a guard whose looks are numbered its number before that. Whoever asks while
# something runs is told of the innermost frame that is not of this package.

cdef extern from "Python.h":
    ctypedef struct PyFrameObject:
        pass
    ctypedef struct PyCodeObject:
        pass
    PyFrameObject* PyEval_GetFrame()
    PyCodeObject* PyFrame_GetCode(PyFrameObject* frame)
    PyFrameObject* PyFrame_GetBack(PyFrameObject* frame)
    int PyFrame_GetLasti(PyFrameObject* frame)
    int PyCode_Addr2Line(PyCodeObject* code, int offset)

cdef str package_folder = os.path.join(os.path.dirname(__file__), "")
cdef PyObject* last_inside = NULL   # (borrowed, for comparison)
cdef PyObject* last_outside = NULL


cdef bint inside_package(PyObject* code):
    """Whether a code object is of this package."""
    global last_inside, last_outside
    if FREE_THREADED:           # (threads would overwrite what others have found)
        return (<str>(<object>code).co_filename).startswith(package_folder)
    if code == last_outside:
        return False
    if code == last_inside:
        return True
    if (<str>(<object>code).co_filename).startswith(package_folder):
        last_inside = code
        return True
    last_outside = code
    return False


cdef PyObject* code_of_user(int* instruction):
    """Where the user's code stands: an owned reference to the code object, and the instruction in it; or NULL."""
    cdef PyFrameObject* frame = PyEval_GetFrame()
    cdef PyFrameObject* back
    cdef PyObject* code
    if frame != NULL:
        Py_INCREF(<object>frame)
    while frame != NULL:
        code = <PyObject*>PyFrame_GetCode(frame)
        if not inside_package(code):
            instruction[0] = PyFrame_GetLasti(frame)
            Py_DECREF(<object>frame)
            return code
        Py_DECREF(<object>code)
        back = PyFrame_GetBack(frame)
        Py_DECREF(<object>frame)
        frame = back
    return NULL


cdef inline object place_at(PyObject* code, int instruction):
    """The place of an instruction; None where there is no code."""
    return None if code == NULL else (<object>code, PyCode_Addr2Line(<PyCodeObject*>code, instruction))


cpdef object place_in_code():
    """Where the user's code stands: the code object and the line in it; or None."""
    cdef int instruction = 0
    cdef PyObject* code = code_of_user(&instruction)
    place = place_at(code, instruction)
    Py_XDECREF(code)
    return place


def user_frame(*libraries):
    """The innermost frame that is neither of this package nor of libraries, which are modules; or None."""
    cdef object frame = sys._getframe(0)
    cdef tuple inside = (package_folder, *[os.path.join(os.path.dirname(of.__file__), "") for of in libraries])
    while frame is not None and frame.f_code.co_filename.startswith(inside):
        frame = frame.f_back
    return frame


def warn_caller(text, category=UserWarning):
    """Warn, and point at the line of whoever called into this package, by way of NumPy maybe."""
    cdef int level = 1
    cdef object frame = sys._getframe(0), user = user_frame(numpy)
    while frame is not user:
        frame = frame.f_back
        level += 1
    warn(text, category, stacklevel=level)


cdef object unnumbered(object place):
    """A place, without the number of a guard's look."""
    while isinstance(place, tuple) and place and isinstance((<tuple>place)[0], int):
        place = (<tuple>place)[1]
    return place


cdef str printable(str text):
    """A text without what moves a cursor or turns directions."""
    return "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])


cpdef object spell_line(object place):
    """A place as `file:line`; None where it is unknown."""
    place = unnumbered(place)
    if place is None:
        return None
    path = place[0] if isinstance(place[0], str) else place[0].co_filename
    return f"{printable(path)}:{place[1]}"


cpdef str spell_place(object place):
    """A place in words: file, line and function."""
    place = unnumbered(place)
    if place is None:
        return "an unknown place"
    return f"{spell_line(place)}, in {printable(place[2] if isinstance(place[0], str) else place[0].co_name)}"
