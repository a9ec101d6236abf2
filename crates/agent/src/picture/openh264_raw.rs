//! openh264 by its own interface. The crate round it keeps one thing for itself that is worth a tenth of the encoder's time: whether the edges of
//! blocks are smoothed.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io;
use std::{ptr, slice};

use openh264_sys2::source::APILoader;
use openh264_sys2::{
    CAMERA_VIDEO_REAL_TIME, CONSTANT_ID, DEBLOCKING_IDC_0, DEBLOCKING_IDC_1, ENCODER_OPTION,
    ENCODER_OPTION_BITRATE, ENCODER_OPTION_GET_STATISTICS, ENCODER_OPTION_MAX_BITRATE,
    ENCODER_OPTION_TRACE_LEVEL, EVideoFrameType, ISVCEncoder, ISVCEncoderVtbl, LAYER_NUM, LEVEL_3_1,
    LOW_COMPLEXITY, RC_BITRATE_MODE, SBitrateInfo, SEncParamExt, SEncoderStatistics, SFrameBSInfo,
    SM_SINGLE_SLICE, SPATIAL_LAYER_0, SPATIAL_LAYER_ALL, SSourcePicture, WELS_LOG_QUIET, videoFormatI420,
    videoFrameTypeI, videoFrameTypeIDR, videoFrameTypeP,
};

use super::video::{NOMINAL_RATE, Planes, QP};

/// Colour primaries and matrix of BT.709, transfer of sRGB (H.264, tables E-3 to E-5).
const BT709: u8 = 1;
const SRGB: u8 = 13;

/// What an encoder is made for.
pub(super) struct Parameters {
    /// In pixels, even.
    pub(super) width: u16,
    /// In pixels, even.
    pub(super) height: u16,
    pub(super) bits_per_second: u32,
    /// Whether the edges of blocks are smoothed (the deblocking filter).
    pub(super) smooths: bool,
    /// Declare level 3.1. Otherwise openh264 takes the lowest level that holds the first rate, which may be the lowest.
    pub(super) level_3_1: bool,
}

/// One of openh264's encoders.
pub(super) struct Encoder {
    /// INVARIANT: made by openh264 and initialised; ours alone until drop.
    encoder: *mut ISVCEncoder,
    width: usize,
    height: usize,
    /// What became of the last picture. Large, for openh264 has room for 128 layers.
    made: Box<SFrameBSInfo>,
}

// SAFETY: an encoder with one thread is tied to no thread; it is used by one at a time, through `&mut`.
unsafe impl Send for Encoder {}

impl Encoder {
    /// # Errors
    /// openh264 refuses, or has no memory.
    pub(super) fn new(parameters: &Parameters) -> io::Result<Self> {
        let mut encoder = ptr::null_mut();
        // SAFETY: it writes one pointer to where it is told.
        done(unsafe { APILoader::WelsCreateSVCEncoder(&raw mut encoder) })?;
        if encoder.is_null() {
            return Err(io::Error::other("openh264 made no encoder"));
        }
        let (width, height) = (usize::from(parameters.width), usize::from(parameters.height));
        // From here on it is given back by drop, for which it need not be initialised.
        let mut made = Self { encoder, width, height, made: Box::default() };
        // Before it has anything to say on standard error.
        // SAFETY: this option is an int.
        unsafe { made.set_option::<c_int>(ENCODER_OPTION_TRACE_LEVEL, WELS_LOG_QUIET)? };
        let mut all = made.defaults()?;
        set(&mut all, parameters);
        let initialize = made.functions().InitializeExt.ok_or_else(missing)?;
        // SAFETY: the encoder is ours, and the parameters are only read, until the call returns.
        done(unsafe { initialize(made.encoder, &raw const all) })?;
        Ok(made)
    }

    fn defaults(&self) -> io::Result<SEncParamExt> {
        let mut all = SEncParamExt::default();
        let get = self.functions().GetDefaultParams.ok_or_else(missing)?;
        // SAFETY: the encoder is ours; it writes one such structure to where it is told.
        done(unsafe { get(self.encoder, &raw mut all) })?;
        Ok(all)
    }

    /// Sets the rate, in bits a second, for the pictures that follow; at most the highest.
    ///
    /// # Errors
    /// openh264 refuses.
    pub(super) fn set_bit_rate(&mut self, bits_per_second: u32) -> io::Result<()> {
        self.set_rate(ENCODER_OPTION_BITRATE, SPATIAL_LAYER_ALL, bits_per_second)
    }

    /// Sets the highest rate that may be set, in bits a second; that of the first picture, without this. At least the present rate.
    ///
    /// # Errors
    /// openh264 refuses.
    pub(super) fn set_most_bit_rate(&mut self, bits_per_second: u32) -> io::Result<()> {
        // For all layers together it would be noted, and not used.
        self.set_rate(ENCODER_OPTION_MAX_BITRATE, SPATIAL_LAYER_0, bits_per_second)
    }

    fn set_rate(&mut self, option: ENCODER_OPTION, layer: LAYER_NUM, bits_per_second: u32) -> io::Result<()> {
        let info = SBitrateInfo { iLayer: layer, iBitrate: number(bits_per_second) };
        // SAFETY: either option is such a structure.
        unsafe { self.set_option(option, info) }
    }

    /// # Safety
    /// The value must be of the option's own type.
    unsafe fn set_option<Value>(&mut self, option: ENCODER_OPTION, mut value: Value) -> io::Result<()> {
        let set = self.functions().SetOption.ok_or_else(missing)?;
        // SAFETY: the encoder is ours; the value lives until the call returns, and the caller vouches for its type.
        done(unsafe { set(self.encoder, option, (&raw mut value).cast::<c_void>()) })
    }

    /// Appends the next picture's access unit.
    ///
    /// # Errors
    /// openh264 made no picture.
    ///
    /// # Panics
    /// The planes have another size.
    pub(super) fn encode(&mut self, planes: &Planes, out: &mut Vec<u8>) -> io::Result<()> {
        let chroma = self.width * self.height / 4;
        assert!(
            planes.luma.len() == chroma * 4 && planes.blue.len() == chroma && planes.red.len() == chroma,
            "planes of another size"
        );
        let (width, height) = (self.width as c_int, self.height as c_int);
        let mut source = SSourcePicture {
            iColorFormat: videoFormatI420,
            iStride: [width, width / 2, width / 2, 0],
            iPicWidth: width,
            iPicHeight: height,
            ..SSourcePicture::default()
        };
        for (data, plane) in source.pData.iter_mut().zip([&planes.luma, &planes.blue, &planes.red]) {
            *data = plane.as_ptr().cast_mut();
        }
        let encode = self.functions().EncodeFrame.ok_or_else(missing)?;
        // SAFETY: the encoder is ours and of this size; each plane has as many bytes as a picture of it, in rows without gaps, is only read, and
        // outlives the call, which keeps none of them.
        done(unsafe { encode(self.encoder, &raw const source, &raw mut *self.made) })?;
        // An intra picture between would be as good as one that refers to another, but nobody asked for it.
        let pictures: [EVideoFrameType; 3] = [videoFrameTypeIDR, videoFrameTypeI, videoFrameTypeP];
        if !pictures.contains(&self.made.eFrameType) {
            return Err(io::Error::other("openh264 made no picture"));
        }
        let layers = usize::try_from(self.made.iLayerNum).unwrap_or(0);
        for layer in self.made.sLayerInfo.iter().take(layers) {
            let units = usize::try_from(layer.iNalCount).unwrap_or(0);
            if units == 0 {
                continue;
            }
            // SAFETY: openh264 tells so many lengths, which stay until the next call.
            let lengths = unsafe { slice::from_raw_parts(layer.pNalLengthInByte, units) };
            let bytes = lengths.iter().map(|length| usize::try_from(*length).unwrap_or(0)).sum();
            // SAFETY: a layer's units follow each other in its buffer, which stays until the next call.
            out.extend_from_slice(unsafe { slice::from_raw_parts(layer.pBsBuf, bytes) });
        }
        Ok(())
    }

    /// How coarsely the last picture was quantised, on average (quantisation parameter of H.264).
    ///
    /// # Errors
    /// openh264 refuses.
    pub(super) fn quantiser(&self) -> io::Result<u32> {
        let mut statistics = SEncoderStatistics::default();
        let get = self.functions().GetOption.ok_or_else(missing)?;
        // SAFETY: the encoder is ours; for this option it writes one such structure to where it is told.
        let refused = unsafe {
            get(self.encoder, ENCODER_OPTION_GET_STATISTICS, (&raw mut statistics).cast::<c_void>())
        };
        done(refused)?;
        Ok(statistics.uiAverageFrameQP)
    }

    fn functions(&self) -> &ISVCEncoderVtbl {
        // SAFETY: an encoder begins with the address of its table of functions, which is constant.
        unsafe { &**self.encoder }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: openh264 made it, and nobody has it any more. It is uninitialised first, if it was initialised.
        unsafe { APILoader::WelsDestroySVCEncoder(self.encoder) };
    }
}

fn set(all: &mut SEncParamExt, parameters: &Parameters) {
    let (width, height) = (c_int::from(parameters.width), c_int::from(parameters.height));
    let rate = number(parameters.bits_per_second);
    all.iUsageType = CAMERA_VIDEO_REAL_TIME;
    (all.iPicWidth, all.iPicHeight) = (width, height);
    (all.iTargetBitrate, all.iRCMode) = (rate, RC_BITRATE_MODE);
    all.fMaxFrameRate = NOMINAL_RATE as f32;
    all.iComplexityMode = LOW_COMPLEXITY;
    (all.iMinQp, all.iMaxQp) = (QP.0.into(), QP.1.into());
    (all.iTemporalLayerNum, all.iSpatialLayerNum) = (1, 1);
    // No picture refers to one before the last.
    all.iNumRefFrame = 1;
    all.uiIntraPeriod = 0;
    all.eSpsPpsIdStrategy = CONSTANT_ID;
    all.iLoopFilterDisableIdc = if parameters.smooths { DEBLOCKING_IDC_0 } else { DEBLOCKING_IDC_1 } as c_int;
    all.iMultipleThreadIdc = 1;
    // A picture that is left out would leave the viewer behind what the agent believes it has.
    all.bEnableFrameSkip = false;
    // These cost more than they save on a screen.
    all.bEnableDenoise = false;
    all.bEnableAdaptiveQuant = false;
    all.bEnableBackgroundDetection = false;
    all.bEnableSceneChangeDetect = false;
    all.bEnableLongTermReference = false;
    let layer = &mut all.sSpatialLayers[0];
    (layer.iVideoWidth, layer.iVideoHeight, layer.fFrameRate) = (width, height, NOMINAL_RATE as f32);
    (layer.iSpatialBitrate, layer.iMaxSpatialBitrate) = (rate, rate);
    layer.sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
    layer.sSliceArgument.uiSliceNum = 1;
    if parameters.level_3_1 {
        layer.uiLevelIdc = LEVEL_3_1;
    }
    (layer.bVideoSignalTypePresent, layer.bColorDescriptionPresent, layer.bFullRange) = (true, true, true);
    (layer.uiColorPrimaries, layer.uiTransferCharacteristics, layer.uiColorMatrix) = (BT709, SRGB, BT709);
}

fn number(bits_per_second: u32) -> c_int {
    c_int::try_from(bits_per_second).unwrap_or(c_int::MAX)
}

fn missing() -> io::Error {
    io::Error::other("openh264 lacks a function")
}

fn done(refused: c_int) -> io::Result<()> {
    if refused == 0 { Ok(()) } else { Err(io::Error::other(format!("openh264 refuses: {refused}"))) }
}
