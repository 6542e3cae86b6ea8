# Labels of classes, looked at before the kernels of softmax.c read them.

def checked_labels(labels, npy_intp classes):
    """A contiguous int64 copy of class labels, each checked to be one of `classes`."""
    cdef ndarray which = numpy.array(labels, numpy.int64, order="C")
    cdef int64_t* label = <int64_t*>PyArray_DATA(which)
    cdef npy_intp i
    for i in range(PyArray_SIZE(which)):
        if label[i] < 0 or label[i] >= classes:
            raise ValueError(f"labels must be from 0 to {classes - 1}, not {label[i]}")
    return which
