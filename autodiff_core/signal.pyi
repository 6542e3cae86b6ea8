"""`signal`: Fourier and cosine transforms, frames, windows and mel scales, by TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .tensorflow.signal.cosines import dct as dct
from .tensorflow.signal.cosines import idct as idct
from .tensorflow.signal.cosines import inverse_mdct as inverse_mdct
from .tensorflow.signal.cosines import mdct as mdct
from .tensorflow.signal.framing import frame as frame
from .tensorflow.signal.framing import overlap_and_add as overlap_and_add
from .tensorflow.signal.mel import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from .tensorflow.signal.mel import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from .tensorflow.signal.short_time import inverse_stft as inverse_stft
from .tensorflow.signal.short_time import inverse_stft_window_fn as inverse_stft_window_fn
from .tensorflow.signal.short_time import stft as stft
from .tensorflow.signal.spectra import fft as fft
from .tensorflow.signal.spectra import fft2d as fft2d
from .tensorflow.signal.spectra import fft3d as fft3d
from .tensorflow.signal.spectra import fftnd as fftnd
from .tensorflow.signal.spectra import fftshift as fftshift
from .tensorflow.signal.spectra import ifft as ifft
from .tensorflow.signal.spectra import ifft2d as ifft2d
from .tensorflow.signal.spectra import ifft3d as ifft3d
from .tensorflow.signal.spectra import ifftnd as ifftnd
from .tensorflow.signal.spectra import ifftshift as ifftshift
from .tensorflow.signal.spectra import irfft as irfft
from .tensorflow.signal.spectra import irfft2d as irfft2d
from .tensorflow.signal.spectra import irfft3d as irfft3d
from .tensorflow.signal.spectra import irfftnd as irfftnd
from .tensorflow.signal.spectra import rfft as rfft
from .tensorflow.signal.spectra import rfft2d as rfft2d
from .tensorflow.signal.spectra import rfft3d as rfft3d
from .tensorflow.signal.spectra import rfftnd as rfftnd
from .tensorflow.signal.windows import hamming_window as hamming_window
from .tensorflow.signal.windows import hann_window as hann_window
from .tensorflow.signal.windows import kaiser_bessel_derived_window as kaiser_bessel_derived_window
from .tensorflow.signal.windows import kaiser_window as kaiser_window
from .tensorflow.signal.windows import vorbis_window as vorbis_window
