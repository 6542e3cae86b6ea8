"""`signal`: Fourier and cosine transforms, frames, windows and mel scales, by TensorFlow's names."""

from ...namespaces import namespace as _namespace

_FUNCTIONS = """
tensorflow.signal.cosines: dct idct inverse_mdct mdct
tensorflow.signal.framing: frame overlap_and_add
tensorflow.signal.mel: linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms
tensorflow.signal.short_time: inverse_stft inverse_stft_window_fn stft
tensorflow.signal.spectra: fft fft2d fft3d fftnd fftshift ifft ifft2d ifft3d ifftnd ifftshift irfft irfft2d irfft3d
    irfftnd rfft rfft2d rfft3d rfftnd
tensorflow.signal.windows: hamming_window hann_window kaiser_bessel_derived_window kaiser_window vorbis_window
"""

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.signal", _FUNCTIONS)
