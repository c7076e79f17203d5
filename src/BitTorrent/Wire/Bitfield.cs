using System.Numerics;

namespace Distribution.BitTorrent.Wire;

/// <summary>Which pieces a peer has (BEP 3): one bit a piece, the first in the high bit of the first byte. Not thread-safe.</summary>
public sealed class Bitfield
{
    private readonly byte[] _bits;

    /// <summary>All clear.</summary>
    public Bitfield(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _bits = new byte[BytesFor(length)];
    }

    /// <summary>Pieces, set or not.</summary>
    public int Length { get; }

    /// <summary>Pieces that are set.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Length;

    public bool this[int piece] => (uint)piece < (uint)Length && (_bits[piece >> 3] & 0x80 >> (piece & 7)) != 0;

    /// <summary>On the wire: length / 8, rounded up.</summary>
    public static int BytesFor(int length) => (int)(((long)length + 7) / 8);

    /// <summary>Reads the body of a bitfield message; it must have exactly the bytes of <paramref name="length"/> pieces, spare bits zero.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, int length, out Bitfield? bitfield, out WireError error)
    {
        bitfield = null;
        error = WireError.None;
        if (length < 0 || body.Length != BytesFor(length))
            error = WireError.WrongLength;
        else if ((length & 7) != 0 && (body[^1] & 0xFF >> (length & 7)) != 0)
            error = WireError.SpareBitsSet;
        if (error != WireError.None)
            return false;
        bitfield = new Bitfield(length);
        body.CopyTo(bitfield._bits);
        foreach (byte bits in body)
            bitfield.Count += BitOperations.PopCount(bits);
        return true;
    }

    /// <summary>True where the piece was not set before. Outside the torrent nothing is set.</summary>
    public bool Set(int piece)
    {
        if ((uint)piece >= (uint)Length || this[piece])
            return false;
        _bits[piece >> 3] |= (byte)(0x80 >> (piece & 7));
        Count++;
        return true;
    }

    /// <summary>True where the piece was set before (BEP 54, lt_donthave).</summary>
    public bool Clear(int piece)
    {
        if (!this[piece])
            return false;
        _bits[piece >> 3] &= (byte)~(0x80 >> (piece & 7));
        Count--;
        return true;
    }

    public void SetAll()
    {
        _bits.AsSpan().Fill(0xFF);
        if ((Length & 7) != 0)
            _bits[^1] = (byte)(0xFF << (8 - (Length & 7)));
        Count = Length;
    }

    /// <summary>The wire form.</summary>
    public ReadOnlySpan<byte> AsSpan() => _bits;
}
