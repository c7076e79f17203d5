using System.Buffers.Binary;
using System.Numerics;

namespace Distribution.BitTorrent.Hashing;

/// <summary>SHA-1 and SHA-256 as the standard writes them down, for systems without OpenSSL. About a sixth of the speed.</summary>
internal sealed class PlainCompression : Compression
{
    private static ReadOnlySpan<uint> Sha256Constants =>
        [
            0x428a2f98,
            0x71374491,
            0xb5c0fbcf,
            0xe9b5dba5,
            0x3956c25b,
            0x59f111f1,
            0x923f82a4,
            0xab1c5ed5,
            0xd807aa98,
            0x12835b01,
            0x243185be,
            0x550c7dc3,
            0x72be5d74,
            0x80deb1fe,
            0x9bdc06a7,
            0xc19bf174,
            0xe49b69c1,
            0xefbe4786,
            0x0fc19dc6,
            0x240ca1cc,
            0x2de92c6f,
            0x4a7484aa,
            0x5cb0a9dc,
            0x76f988da,
            0x983e5152,
            0xa831c66d,
            0xb00327c8,
            0xbf597fc7,
            0xc6e00bf3,
            0xd5a79147,
            0x06ca6351,
            0x14292967,
            0x27b70a85,
            0x2e1b2138,
            0x4d2c6dfc,
            0x53380d13,
            0x650a7354,
            0x766a0abb,
            0x81c2c92e,
            0x92722c85,
            0xa2bfe8a1,
            0xa81a664b,
            0xc24b8b70,
            0xc76c51a3,
            0xd192e819,
            0xd6990624,
            0xf40e3585,
            0x106aa070,
            0x19a4c116,
            0x1e376c08,
            0x2748774c,
            0x34b0bcb5,
            0x391c0cb3,
            0x4ed8aa4a,
            0x5b9cca4f,
            0x682e6ff3,
            0x748f82ee,
            0x78a5636f,
            0x84c87814,
            0x8cc70208,
            0x90befffa,
            0xa4506ceb,
            0xbef9a3f7,
            0xc67178f2,
        ];

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
                uint t1 = h + sum1 + ((e & f) ^ (~e & g)) + Sha256Constants[t] + w[t];
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
