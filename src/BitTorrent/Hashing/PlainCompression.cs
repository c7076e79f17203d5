using System.Buffers.Binary;
using System.Numerics;

namespace Distribution.BitTorrent.Hashing;

/// <summary>SHA-1 and SHA-256 as the standard writes them down, for systems without OpenSSL. About a sixth of the speed.</summary>
internal sealed class PlainCompression : Compression
{
    public override void Sha1(Span<uint> words, ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[80];
        for (; !blocks.IsEmpty; blocks = blocks[BlockBytes..])
        {
            for (int t = 0; t < 16; t++)
                w[t] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(4 * t)..]);
            for (int t = 16; t < 80; t++)
                w[t] = BitOperations.RotateLeft(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
            (uint a, uint b, uint c, uint d, uint e) = (words[0], words[1], words[2], words[3], words[4]);
            for (int t = 0; t < 80; t++)
            {
                (uint mixed, uint constant) = (t / 20) switch
                {
                    0 => ((b & c) | (~b & d), 0x5a827999u),
                    1 => (b ^ c ^ d, 0x6ed9eba1u),
                    2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdcu),
                    _ => (b ^ c ^ d, 0xca62c1d6u),
                };
                uint next = BitOperations.RotateLeft(a, 5) + mixed + e + constant + w[t];
                (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
            }
            words[0] += a;
            words[1] += b;
            words[2] += c;
            words[3] += d;
            words[4] += e;
        }
    }

    public override void Sha256(Span<uint> words, ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[64];
        for (; !blocks.IsEmpty; blocks = blocks[BlockBytes..])
        {
            for (int t = 0; t < 16; t++)
                w[t] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(4 * t)..]);
            for (int t = 16; t < 64; t++)
            {
                uint early = w[t - 15];
                uint late = w[t - 2];
                uint sigma0 = BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ (early >> 3);
                uint sigma1 = BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ (late >> 10);
                w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
            }
            (uint a, uint b, uint c, uint d) = (words[0], words[1], words[2], words[3]);
            (uint e, uint f, uint g, uint h) = (words[4], words[5], words[6], words[7]);
            for (int t = 0; t < 64; t++)
            {
                uint sum1 =
                    BitOperations.RotateRight(e, 6)
                    ^ BitOperations.RotateRight(e, 11)
                    ^ BitOperations.RotateRight(e, 25);
                uint t1 = h + sum1 + ((e & f) ^ (~e & g)) + Sha256Numbers.Rounds[t] + w[t];
                uint sum0 =
                    BitOperations.RotateRight(a, 2)
                    ^ BitOperations.RotateRight(a, 13)
                    ^ BitOperations.RotateRight(a, 22);
                uint t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
                (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
            }
            words[0] += a;
            words[1] += b;
            words[2] += c;
            words[3] += d;
            words[4] += e;
            words[5] += f;
            words[6] += g;
            words[7] += h;
        }
    }
}
