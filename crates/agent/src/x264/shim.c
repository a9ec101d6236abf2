/* What the agent needs of x264, in four functions of plain numbers and pointers. */

#include <stdint.h>
#include <stdlib.h>

#include <x264.h>

struct millrace_x264 {
    x264_t *encoder;
    x264_param_t param;
    int64_t number;
};

/* At most so many bits a second; the buffer holds the bits of three pictures, so that none is much larger than the others. */
static void set_rate(x264_param_t *param, int kilobits_per_second) {
    int picture = kilobits_per_second * (int)param->i_fps_den / (int)param->i_fps_num;
    param->rc.i_vbv_max_bitrate = kilobits_per_second;
    param->rc.i_vbv_buffer_size = picture < 1 ? 3 : picture * 3;
}

void millrace_x264_close(struct millrace_x264 *this) {
    if (this->encoder) {
        x264_encoder_close(this->encoder);
    }
    free(this);
}

struct millrace_x264 *millrace_x264_open(int width, int height, int rate, int kilobits_per_second, int least_qp, int most_qp) {
    struct millrace_x264 *this = calloc(1, sizeof *this);
    if (!this) {
        return NULL;
    }
    x264_param_t *param = &this->param;
    if (x264_param_default_preset(param, "superfast", "zerolatency") < 0) {
        free(this);
        return NULL;
    }
    param->i_log_level = X264_LOG_NONE;
    param->i_csp = X264_CSP_I420;
    param->i_width = width;
    param->i_height = height;
    param->i_fps_num = (uint32_t)rate;
    param->i_fps_den = 1;
    param->b_vfr_input = 0;
    /* One slice, made by the thread that asks. */
    param->i_threads = 1;
    param->b_sliced_threads = 0;
    /* Only the first picture stands by itself. */
    param->i_keyint_max = X264_KEYINT_MAX_INFINITE;
    param->i_scenecut_threshold = 0;
    param->b_repeat_headers = 1;
    param->b_annexb = 1;
    /* BT.709's primaries and matrix, sRGB's transfer, full range. */
    param->vui.b_fullrange = 1;
    param->vui.i_colorprim = 1;
    param->vui.i_transfer = 13;
    param->vui.i_colmatrix = 1;
    /* As good as is worth having, but never more than the rate. */
    param->rc.i_rc_method = X264_RC_CRF;
    param->rc.f_rf_constant = 22;
    param->rc.i_qp_min = least_qp;
    param->rc.i_qp_max = most_qp;
    set_rate(param, kilobits_per_second);
    if (x264_param_apply_profile(param, "baseline") < 0 || !(this->encoder = x264_encoder_open(param))) {
        free(this);
        return NULL;
    }
    return this;
}

/* 0: done. */
int millrace_x264_set_rate(struct millrace_x264 *this, int kilobits_per_second) {
    set_rate(&this->param, kilobits_per_second);
    return x264_encoder_reconfig(this->encoder, &this->param);
}

/* The bytes of the picture's access unit, which are x264's own until the next call; less than 1: there is none. And the constant rate factor that it
   came to: about how coarsely it was quantised, on average. */
int millrace_x264_encode(struct millrace_x264 *this, const uint8_t *luma, const uint8_t *blue, const uint8_t *red, const uint8_t **data, double *factor) {
    x264_picture_t in, out;
    x264_nal_t *units;
    int count;
    x264_picture_init(&in);
    in.i_pts = this->number++;
    in.img.i_csp = X264_CSP_I420;
    in.img.i_plane = 3;
    in.img.i_stride[0] = this->param.i_width;
    in.img.i_stride[1] = in.img.i_stride[2] = this->param.i_width / 2;
    /* x264 copies them and writes nothing. */
    in.img.plane[0] = (uint8_t *)luma;
    in.img.plane[1] = (uint8_t *)blue;
    in.img.plane[2] = (uint8_t *)red;
    int size = x264_encoder_encode(this->encoder, &units, &count, &in, &out);
    if (size > 0 && count > 0) {
        *data = units[0].p_payload;
        *factor = out.prop.f_crf_avg;
    }
    return size;
}
