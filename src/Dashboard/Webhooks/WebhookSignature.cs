using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Distribution.Dashboard.Webhooks;

/// <summary>
/// <c>Distribution-Signature: t=UNIX-SECONDS,v1=HEX</c>: HMAC-SHA256 of the seconds, a dot and the body, under the secret as it was shown. With two
/// secrets, after a rotation, there are two <c>v1</c>.
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "Distribution-Signature";

    public static string Of(DateTimeOffset at, ReadOnlySpan<byte> body, IEnumerable<string> secrets)
    {
        string seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
        return $"t={seconds},"
            + string.Join(
                ',',
                secrets.Select(secret =>
                    $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}"
                )
            );
    }
}
