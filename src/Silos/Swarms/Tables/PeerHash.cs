using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// Hashes peer ids and endpoints for the tables. Strangers choose these bytes, so the hash is keyed by process: nobody can aim at one place.
/// </summary>
internal static class PeerHash
{
    private static readonly ulong FirstKey = RandomKey();
    private static readonly ulong SecondKey = RandomKey();
    private static readonly ulong ThirdKey = RandomKey();

    /// <param name="bytes">6 to 32 of them.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = FirstKey ^ (ulong)bytes.Length;
        ReadOnlySpan<byte> rest = bytes;
        for (; rest.Length > sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest), SecondKey);
        // The tail reads over what was read before, where there is enough.
        ulong tail =
            bytes.Length >= sizeof(ulong)
                ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..])
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes)
                    | (ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[^sizeof(ushort)..]) << 32;
        return Fold(hash ^ tail, ThirdKey);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    private static ulong RandomKey()
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(key);
        return BinaryPrimitives.ReadUInt64LittleEndian(key) | 1;
    }
}
