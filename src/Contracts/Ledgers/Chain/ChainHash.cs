using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>A SHA-256 of the ledger's chain. Text: 64 lowercase hexadecimal digits.</summary>
public readonly record struct ChainHash(UInt128 High, UInt128 Low)
{
    public const int HexLength = 64;

    private const int Length = SHA256.HashSizeInBytes;

    /// <summary>What stands before the first entry.</summary>
    public static ChainHash None => default;

    public static ChainHash Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(bytes, hash);
        return Read(hash);
    }

    /// <summary>False: that is not 64 lowercase hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out ChainHash hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bool read = LowerHex.TryRead(hex, bytes);
        hash = read ? Read(bytes) : default;
        return read;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[(Length / 2)..], Low);
        return Convert.ToHexStringLower(bytes);
    }

    private static ChainHash Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[(Length / 2)..]));
}
