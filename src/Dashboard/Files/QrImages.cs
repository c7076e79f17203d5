using QRCoder;

namespace Distribution.Dashboard.Files;

/// <summary>QR codes (ISO/IEC 18004) as SVG, black on white in every theme: readers want it so.</summary>
internal static class QrImages
{
    public static string Svg(string text)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var image = new SvgQRCode(code);
        return image.GetGraphic(4, "#000000", "#ffffff", sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
