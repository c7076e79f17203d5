using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// The hashes of one piece, as <see cref="PieceHasher"/> makes them: a value that can be stored and added to a
/// <see cref="PieceHashList"/> later.
/// </summary>
public readonly record struct PieceHashes
{
    private readonly TwentyBytes _v1;
    private readonly TwentyBytes _v1Padded;

    /// <param name="lengthBytes">The bytes hashed; fewer than the piece length only at the content's end.</param>
    /// <param name="v1">The SHA-1 of these bytes, 20 bytes; empty where v1 is not wanted.</param>
    /// <param name="v1Padded">The SHA-1 of these bytes and zeros to the piece's end; empty where not wanted.</param>
    /// <param name="v2">The merkle root over these bytes alone; null where v2 is not wanted.</param>
    /// <exception cref="ArgumentException">A hash of another length.</exception>
    public PieceHashes(int lengthBytes, ReadOnlySpan<byte> v1, ReadOnlySpan<byte> v1Padded, MerkleHash? v2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        LengthBytes = lengthBytes;
        HasV1 = !v1.IsEmpty;
        HasV1Padded = !v1Padded.IsEmpty;
        V2 = v2;
        if (HasV1)
            _v1 = new TwentyBytes(v1, "A v1 piece hash");
        if (HasV1Padded)
            _v1Padded = new TwentyBytes(v1Padded, "A v1 piece hash");
    }

    /// <summary>The bytes hashed.</summary>
    public int LengthBytes { get; }

    [MemberNotNullWhen(true, nameof(V2))]
    public bool HasV2 => V2 is not null;

    public bool HasV1 { get; }

    public bool HasV1Padded { get; }

    /// <summary>The merkle root over these bytes alone: at the level that covers their blocks, not lifted to the piece's.</summary>
    public MerkleHash? V2 { get; }

    /// <summary>The SHA-1 of these bytes; zeros where v1 was not wanted.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> V1 => _v1.AsSpan();

    /// <summary>The SHA-1 of these bytes with zeros to the piece's end (BEP 47); zeros where that was not wanted.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> V1Padded => _v1Padded.AsSpan();
}
