using System.Buffers.Binary;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Wire;

/// <summary>
/// Which nodes of a file's merkle tree a peer asks for (BEP 52, "hash request"); <c>hashes</c> and <c>hash reject</c> repeat it.
/// </summary>
/// <param name="Root">The file's <c>pieces root</c>.</param>
/// <param name="BaseLevel">The level of the nodes wanted; 0 is the leaves.</param>
/// <param name="Index">The first node at that level; a multiple of <paramref name="Count"/>.</param>
/// <param name="Count">How many; a power of two, at least 2.</param>
/// <param name="ProofLevels">How many levels above the base the answer should prove; those that follow from its nodes are left out.</param>
public readonly record struct HashRequest(MerkleHash Root, int BaseLevel, int Index, int Count, int ProofLevels)
{
    /// <summary>On the wire, behind the message's id.</summary>
    public const int LengthBytes = MerkleHash.LengthBytes + 4 * sizeof(uint);

    /// <summary>Reads a message's body. False: it has another length, or a number above 2^31-1.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out HashRequest request)
    {
        request = default;
        if (body.Length != LengthBytes)
            return false;
        ReadOnlySpan<byte> numbers = body[MerkleHash.LengthBytes..];
        int baseLevel = BinaryPrimitives.ReadInt32BigEndian(numbers);
        int index = BinaryPrimitives.ReadInt32BigEndian(numbers[4..]);
        int count = BinaryPrimitives.ReadInt32BigEndian(numbers[8..]);
        int proofLevels = BinaryPrimitives.ReadInt32BigEndian(numbers[12..]);
        if (baseLevel < 0 || index < 0 || count < 0 || proofLevels < 0)
            return false;
        request = new HashRequest(new MerkleHash(body[..MerkleHash.LengthBytes]), baseLevel, index, count, proofLevels);
        return true;
    }

    /// <summary>Writes <see cref="LengthBytes"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Root.AsSpan().CopyTo(destination);
        Span<byte> numbers = destination[MerkleHash.LengthBytes..];
        BinaryPrimitives.WriteInt32BigEndian(numbers, BaseLevel);
        BinaryPrimitives.WriteInt32BigEndian(numbers[4..], Index);
        BinaryPrimitives.WriteInt32BigEndian(numbers[8..], Count);
        BinaryPrimitives.WriteInt32BigEndian(numbers[12..], ProofLevels);
    }
}
