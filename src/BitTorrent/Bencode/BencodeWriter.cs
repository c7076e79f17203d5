using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Distribution.BitTorrent.Bencode;

/// <summary>
/// Writes bencode (BEP 3) into a buffer writer without allocation. The caller writes dictionary keys in order
/// (raw byte order): a value that goes over the wire is checked by reading it back in tests, not at run time.
/// </summary>
public readonly struct BencodeWriter(IBufferWriter<byte> output)
{
    /// <summary>Starts a dictionary; <see cref="End"/> ends it.</summary>
    public void BeginDictionary() => WriteRaw("d"u8);

    /// <summary>Starts a list; <see cref="End"/> ends it.</summary>
    public void BeginList() => WriteRaw("l"u8);

    public void End() => WriteRaw("e"u8);

    public void WriteInteger(long value)
    {
        Span<byte> span = output.GetSpan(22);
        span[0] = (byte)'i';
        Utf8Formatter.TryFormat(value, span[1..], out int digits);
        span[1 + digits] = (byte)'e';
        output.Advance(digits + 2);
    }

    /// <summary>A byte string; also a dictionary's key.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        BeginBytes(value.Length);
        WriteRaw(value);
    }

    /// <summary>The prefix of a byte string whose <paramref name="lengthBytes"/> bytes the caller then writes itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    public void BeginBytes(int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        Span<byte> span = output.GetSpan(11);
        Utf8Formatter.TryFormat(lengthBytes, span, out int digits);
        span[digits] = (byte)':';
        output.Advance(digits + 1);
    }

    /// <summary>Text, as UTF-8; half a surrogate pair becomes U+FFFD.</summary>
    public void WriteText(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        BeginBytes(length);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>Bytes that are bencode already.</summary>
    public void WriteRaw(ReadOnlySpan<byte> encoded) => output.Write(encoded);
}
