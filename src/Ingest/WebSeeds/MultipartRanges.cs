using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Distribution.Ingest.WebSeeds;

/// <summary>The framing of several ranges in one answer (RFC 9110, 14.6: <c>multipart/byteranges</c>).</summary>
internal sealed class MultipartRanges
{
    private const int BoundaryLength = 32;

    private readonly string _boundary = RandomNumberGenerator.GetHexString(BoundaryLength, lowercase: true);

    /// <param name="contentType">Of the content.</param>
    /// <param name="size">Of the content, in bytes.</param>
    public MultipartRanges(IReadOnlyList<ByteRange> ranges, string contentType, long size)
    {
        Ranges = ranges;
        Heads =
        [
            .. ranges.Select(range =>
                Encoding.UTF8.GetBytes(
                    $"\r\n--{_boundary}\r\nContent-Type: {contentType}\r\nContent-Range: {ContentRange(range, size)}\r\n\r\n"
                )
            ),
        ];
        Tail = Encoding.ASCII.GetBytes($"\r\n--{_boundary}--\r\n");
        LengthBytes = Tail.Length + Heads.Sum(head => (long)head.Length) + ranges.Sum(range => range.Length);
    }

    public string ContentType => $"multipart/byteranges; boundary={_boundary}";

    public IReadOnlyList<ByteRange> Ranges { get; }

    /// <summary>What stands before each range.</summary>
    public IReadOnlyList<byte[]> Heads { get; }

    /// <summary>What stands after the last.</summary>
    public ReadOnlyMemory<byte> Tail { get; }

    /// <summary>Of the whole body.</summary>
    public long LengthBytes { get; }

    /// <summary>The value of a <c>Content-Range</c> header.</summary>
    public static string ContentRange(ByteRange range, long size) =>
        string.Create(CultureInfo.InvariantCulture, $"bytes {range.Start}-{range.End - 1}/{size}");
}
