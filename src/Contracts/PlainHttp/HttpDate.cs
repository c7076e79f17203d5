using System.Globalization;
using System.Text;

namespace Distribution.Contracts.PlainHttp;

/// <summary>The Date header's value (RFC 9110, 5.6.7), written once a second. Any thread.</summary>
public sealed class HttpDate
{
    private Written _last = new(0, []);

    public ReadOnlySpan<byte> At(DateTimeOffset time)
    {
        long second = time.ToUnixTimeSeconds();
        Written last = Volatile.Read(ref _last);
        if (last.Second != second)
        {
            last = new Written(second, Encoding.ASCII.GetBytes(time.ToString("R", CultureInfo.InvariantCulture)));
            Volatile.Write(ref _last, last);
        }
        return last.Text;
    }

    private sealed record Written(long Second, byte[] Text);
}
