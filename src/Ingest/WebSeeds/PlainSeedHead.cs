using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Distribution.Ingest.WebSeeds;

/// <summary>The head of an answer of the web seed, byte for byte as the framework writes that of <see cref="WebSeedEndpoints"/>.</summary>
internal sealed class PlainSeedHead
{
    // Numbers, a date and what stands around them.
    private const int ChangingBytes = 256;

    private readonly byte[] _type;
    private readonly byte[] _afterDate;
    private readonly byte[] _tags;
    private readonly long _size;

    public PlainSeedHead(ServedFile file, ServedPart part)
    {
        _size = part.SizeBytes;
        _type = Encoding.ASCII.GetBytes($"\r\nContent-Type: {SeedHeaders.ShownType(part.ContentType)}\r\nDate: ");
        _afterDate = Encoding.ASCII.GetBytes(
            "\r\nAccept-Ranges: bytes"
                + "\r\nAccess-Control-Allow-Origin: *"
                + $"\r\nAccess-Control-Expose-Headers: {CrossOrigin.ExposedHeaders}"
                + $"\r\nCache-Control: {SeedHeaders.CacheControl}"
        );
        _tags = Encoding.ASCII.GetBytes(
            $"\r\nETag: {part.EntityTag}\r\nLast-Modified: {file.LastModified}"
                + "\r\nCross-Origin-Resource-Policy: cross-origin"
                + "\r\nX-Content-Type-Options: nosniff"
                + $"\r\nContent-Security-Policy: {SeedHeaders.ContentSecurityPolicy}\r\n\r\n"
        );
    }

    /// <summary>False: a publisher's words in it are none that a head may carry.</summary>
    public static bool CanTell(ServedPart part) =>
        !part.ContentType.AsSpan().ContainsAnyExceptInRange('\x20', '\x7e')
        && !part.EntityTag.AsSpan().ContainsAnyExceptInRange('\x20', '\x7e');

    /// <param name="isPart">The range was asked for.</param>
    /// <param name="date">As RFC 9110 writes it.</param>
    public void Write(
        IBufferWriter<byte> output,
        ByteRange range,
        bool isPart,
        bool keepsAlive,
        ReadOnlySpan<byte> date
    )
    {
        Span<byte> room = output.GetSpan(_type.Length + _afterDate.Length + _tags.Length + ChangingBytes);
        int length = 0;
        Add(
            room,
            ref length,
            isPart ? "HTTP/1.1 206 Partial Content\r\nContent-Length: "u8 : "HTTP/1.1 200 OK\r\nContent-Length: "u8
        );
        Add(room, ref length, range.Length);
        if (!keepsAlive)
            Add(room, ref length, "\r\nConnection: close"u8);
        Add(room, ref length, _type);
        Add(room, ref length, date);
        Add(room, ref length, _afterDate);
        if (isPart)
        {
            Add(room, ref length, "\r\nContent-Range: bytes "u8);
            Add(room, ref length, range.Start);
            Add(room, ref length, "-"u8);
            Add(room, ref length, range.End - 1);
            Add(room, ref length, "/"u8);
            Add(room, ref length, _size);
        }
        Add(room, ref length, _tags);
        output.Advance(length);
    }

    private static void Add(Span<byte> room, ref int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(room[length..]);
        length += bytes.Length;
    }

    private static void Add(Span<byte> room, ref int length, long number)
    {
        Utf8Formatter.TryFormat(number, room[length..], out int written);
        length += written;
    }
}
