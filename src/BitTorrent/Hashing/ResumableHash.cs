using System.Buffers.Binary;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// SHA-1 or SHA-256 (FIPS 180-4) of bytes that come in spans of any size, whose state can be written down between any two bytes and
/// taken up again by another process. Not safe for several threads.
/// </summary>
public sealed class ResumableHash
{
    private readonly Compression _compression;
    private readonly uint[] _words;
    private readonly byte[] _tail = new byte[Compression.BlockBytes];

    public ResumableHash(ResumableHashKind kind)
        : this(kind, Compression.Best) { }

    internal ResumableHash(ResumableHashKind kind, Compression compression)
    {
        Kind = kind;
        _compression = compression;
        _words = new uint[kind == ResumableHashKind.Sha1 ? Compression.Sha1Words : Compression.Sha256Words];
        Reset();
    }

    public ResumableHashKind Kind { get; }

    /// <summary>Bytes hashed so far.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>No bytes wait for the rest of their block of 64.</summary>
    internal bool IsBetweenBlocks => TailBytes == 0;

    internal ReadOnlySpan<uint> Words => _words;

    private int TailBytes => (int)(LengthBytes % Compression.BlockBytes);

    /// <summary>The size of a state: 92 bytes for SHA-1, 104 for SHA-256.</summary>
    public static int StateBytes(ResumableHashKind kind) =>
        sizeof(long)
        + sizeof(uint) * (kind == ResumableHashKind.Sha1 ? Compression.Sha1Words : Compression.Sha256Words)
        + Compression.BlockBytes;

    /// <summary>Adds the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        int tail = TailBytes;
        LengthBytes += bytes.Length;
        if (tail > 0)
        {
            int taken = Math.Min(bytes.Length, _tail.Length - tail);
            bytes[..taken].CopyTo(_tail.AsSpan(tail));
            bytes = bytes[taken..];
            if (tail + taken < _tail.Length)
                return;
            Compress(_tail);
        }
        int whole = bytes.Length & -Compression.BlockBytes;
        if (whole > 0)
            Compress(bytes[..whole]);
        bytes[whole..].CopyTo(_tail);
    }

    /// <summary>Writes the hash of all that was added and begins anew.</summary>
    /// <param name="digest">20 or 32 bytes, or more.</param>
    public void Finish(Span<byte> digest)
    {
        Span<byte> end = stackalloc byte[2 * Compression.BlockBytes];
        end.Clear();
        int tail = TailBytes;
        _tail.AsSpan(0, tail).CopyTo(end);
        end[tail] = 0x80;
        // The bit for the end and the length have to fit.
        if (tail + 1 + sizeof(long) <= Compression.BlockBytes)
            end = end[..Compression.BlockBytes];
        BinaryPrimitives.WriteInt64BigEndian(end[^sizeof(long)..], LengthBytes * 8);
        Compress(end);
        for (int i = 0; i < _words.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest[(sizeof(uint) * i)..], _words[i]);
        Reset();
    }

    /// <summary>Forgets what was added.</summary>
    public void Reset()
    {
        LengthBytes = 0;
        ReadOnlySpan<uint> initial = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        if (Kind == ResumableHashKind.Sha256)
            initial = Sha256Numbers.Initial;
        initial.CopyTo(_words);
    }

    /// <summary>Writes down where the hash stands: length 8, chaining values 20 or 32, unhashed tail 64; big-endian.</summary>
    /// <param name="state">At least <see cref="StateBytes"/>.</param>
    public void Export(Span<byte> state)
    {
        BinaryPrimitives.WriteInt64BigEndian(state, LengthBytes);
        state = state[sizeof(long)..];
        foreach (uint word in _words)
        {
            BinaryPrimitives.WriteUInt32BigEndian(state, word);
            state = state[sizeof(uint)..];
        }
        Span<byte> tail = state[..Compression.BlockBytes];
        tail.Clear();
        _tail.AsSpan(0, TailBytes).CopyTo(tail);
    }

    /// <summary>Goes on from a state that <see cref="Export"/> wrote.</summary>
    /// <exception cref="InvalidDataException">No such state: another size, or a negative length.</exception>
    public void Import(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateBytes(Kind))
            throw new InvalidDataException($"A state of {Kind} has {StateBytes(Kind)} bytes, not {state.Length}.");
        long length = BinaryPrimitives.ReadInt64BigEndian(state);
        if (length < 0)
            throw new InvalidDataException($"A hash of {length} bytes cannot be.");
        state = state[sizeof(long)..];
        for (int i = 0; i < _words.Length; i++)
            _words[i] = BinaryPrimitives.ReadUInt32BigEndian(state[(sizeof(uint) * i)..]);
        state[^Compression.BlockBytes..].CopyTo(_tail);
        LengthBytes = length;
    }

    /// <summary>Whole blocks are hashed elsewhere: counts them, and gives the chaining values to be replaced by those after them.</summary>
    internal Span<uint> Advance(int bytes)
    {
        LengthBytes += bytes;
        return _words;
    }

    private void Compress(ReadOnlySpan<byte> blocks)
    {
        if (Kind == ResumableHashKind.Sha1)
            _compression.Sha1(_words, blocks);
        else
            _compression.Sha256(_words, blocks);
    }
}
