/* PNG by libpng's simplified interface (its limits come after ours), zlib for the streams. */
#include "ades/image.h"

#include <png.h>
#include <stdlib.h>
#include <zlib.h>

void ky_image_clear(struct ky_image *i)
{
    ky_buf_clear(&i->rgb);
    ky_buf_clear(&i->alpha);
}

ky_rc ky_image_deflate(struct ky_buf *out, struct ky_bytes data)
{
    if (data.n > KY_IMAGE_STREAM_MAX)
        return ky_fail(KY_ELIMIT, "image: %zu bytes, at most %u", data.n, KY_IMAGE_STREAM_MAX);
    uLongf n = compressBound(data.n);
    const size_t before = out->n;
    uint8_t *to = ky_buf_grow(out, n);
    if (to == NULL)
        return ky_buf_finish(out);
    if (compress2(to, &n, data.p, data.n, 9) != Z_OK)
        return ky_fail(KY_ENOMEM, "image: compression");
    out->n = before + n;
    return KY_OK;
}

/* Splits RGBA in place: the first 3·pixels bytes become RGB; alpha goes to its own array. */
static bool split_alpha(uint8_t *alpha, uint8_t *rgba, size_t pixels)
{
    bool opaque = true;
    for (size_t i = 0; i < pixels; i++) {
        alpha[i] = rgba[4 * i + 3];
        opaque = opaque && alpha[i] == 0xFF;
        memmove(rgba + 3 * i, rgba + 4 * i, 3);
    }
    return opaque;
}

static ky_rc pack(struct ky_image *out, uint8_t *rgba, uint8_t *alpha, size_t pixels)
{
    const bool opaque = split_alpha(alpha, rgba, pixels);
    out->rgb = ky_buf_init(KY_IMAGE_STREAM_MAX);
    out->alpha = ky_buf_init(KY_IMAGE_STREAM_MAX);
    KY_TRY(ky_image_deflate(&out->rgb, KY_BYTES(rgba, 3 * pixels)));
    return opaque ? KY_OK : ky_image_deflate(&out->alpha, KY_BYTES(alpha, pixels));
}

static ky_rc read_pixels(struct ky_image *out, png_image *png)
{
    if (png->width > KY_IMAGE_SIDE_MAX || png->height > KY_IMAGE_SIDE_MAX)
        return ky_fail(KY_ELIMIT, "image: %u × %u pixels, at most %d a side", png->width, png->height,
                       KY_IMAGE_SIDE_MAX);
    png->format = PNG_FORMAT_RGBA;
    const size_t pixels = (size_t)png->width * png->height;
    uint8_t *rgba = malloc(pixels * 4);
    uint8_t *alpha = malloc(pixels);
    ky_rc rc = KY_OK;
    if (rgba == NULL || alpha == NULL)
        rc = ky_fail(KY_ENOMEM, "image");
    else if (!png_image_finish_read(png, NULL, rgba, 0, NULL))
        rc = ky_fail(KY_EFORMAT, "image: %s", png->message);
    else
        rc = pack(out, rgba, alpha, pixels);
    free(rgba);
    free(alpha);
    return rc;
}

ky_rc ky_image_read_png(struct ky_image *out, struct ky_bytes file)
{
    if (file.n > KY_IMAGE_FILE_MAX)
        return ky_fail(KY_ELIMIT, "image: %zu bytes, at most %u", file.n, KY_IMAGE_FILE_MAX);
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&png, file.p, file.n))
        return ky_fail(KY_EFORMAT, "image: %s", png.message);
    struct ky_image image = {.width = png.width, .height = png.height};
    const ky_rc rc = read_pixels(&image, &png);
    png_image_free(&png);
    if (rc == KY_OK)
        *out = image;
    else
        ky_image_clear(&image);
    return rc;
}
