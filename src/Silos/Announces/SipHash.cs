using System.Buffers.Binary;
using System.Numerics;

namespace Distribution.Silos.Announces;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed MAC of 64 bits for short messages, fast enough for every packet.</summary>
internal static class SipHash
{
    public const int KeyBytes = 16;

    /// <param name="key">16 bytes.</param>
    public static ulong Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        ulong k0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        ulong k1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
        ulong v0 = k0 ^ 0x736f6d6570736575;
        ulong v1 = k1 ^ 0x646f72616e646f6d;
        ulong v2 = k0 ^ 0x6c7967656e657261;
        ulong v3 = k1 ^ 0x7465646279746573;
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(message);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }
        for (int i = 0; i < message.Length; i++)
            last |= (ulong)message[i] << (8 * i);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
