using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// OpenSSL's own code, which uses the processor's SHA instructions. It is wherever .NET's cryptography works on Linux. Its contexts
/// (<c>SHA_CTX</c> and <c>SHA256_CTX</c> in <c>openssl/sha.h</c>) have had one layout since 0.9.8; what it computes is checked at load all the
/// same.
/// </summary>
internal sealed unsafe class LibcryptoCompression : Compression
{
    private static readonly string[] Names = ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"];

    private readonly delegate* unmanaged<Sha1Context*, byte*, nuint, int> _sha1Update;
    private readonly delegate* unmanaged<Sha256Context*, byte*, nuint, int> _sha256Update;

    private LibcryptoCompression(nint sha1Update, nint sha256Update)
    {
        _sha1Update = (delegate* unmanaged<Sha1Context*, byte*, nuint, int>)sha1Update;
        _sha256Update = (delegate* unmanaged<Sha256Context*, byte*, nuint, int>)sha256Update;
    }

    /// <summary>Null where the library is not there or does not do what it should.</summary>
    public static LibcryptoCompression? TryLoad()
    {
        if (!OperatingSystem.IsLinux() || !BitConverter.IsLittleEndian)
            return null;
        foreach (string name in Names)
        {
            if (
                NativeLibrary.TryLoad(name, out nint library)
                && NativeLibrary.TryGetExport(library, "SHA1_Update", out nint sha1Update)
                && NativeLibrary.TryGetExport(library, "SHA256_Update", out nint sha256Update)
                && new LibcryptoCompression(sha1Update, sha256Update) is var loaded
                && loaded.IsRight()
            )
                return loaded;
        }
        return null;
    }

    public override void Sha1(Span<uint> words, ReadOnlySpan<byte> blocks)
    {
        Sha1Context context = default;
        var inner = new Span<uint>(context.Words, Sha1Words);
        words.CopyTo(inner);
        fixed (byte* data = blocks)
            _ = _sha1Update(&context, data, (nuint)blocks.Length);
        inner.CopyTo(words);
    }

    public override void Sha256(Span<uint> words, ReadOnlySpan<byte> blocks)
    {
        Sha256Context context = default;
        context.DigestBytes = SHA256.HashSizeInBytes;
        var inner = new Span<uint>(context.Words, Sha256Words);
        words.CopyTo(inner);
        fixed (byte* data = blocks)
            _ = _sha256Update(&context, data, (nuint)blocks.Length);
        inner.CopyTo(words);
    }

    [SuppressMessage("Security", "CA5350", Justification = "BEP 3 is made of SHA-1.")]
    private bool IsRight()
    {
        var sample = new byte[3 * BlockBytes + 7];
        for (int i = 0; i < sample.Length; i++)
            sample[i] = (byte)(i * 73);
        var sha1 = new ResumableHash(ResumableHashKind.Sha1, this);
        var sha256 = new ResumableHash(ResumableHashKind.Sha256, this);
        sha1.Append(sample);
        sha256.Append(sample);
        Span<byte> digest1 = stackalloc byte[SHA1.HashSizeInBytes];
        Span<byte> digest256 = stackalloc byte[SHA256.HashSizeInBytes];
        sha1.Finish(digest1);
        sha256.Finish(digest256);
        return digest1.SequenceEqual(SHA1.HashData(sample)) && digest256.SequenceEqual(SHA256.HashData(sample));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Sha1Context
    {
        public fixed uint Words[Sha1Words];
        public uint LengthBitsLow;
        public uint LengthBitsHigh;
        public fixed uint Buffer[16];
        public uint BufferedBytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Sha256Context
    {
        public fixed uint Words[Sha256Words];
        public uint LengthBitsLow;
        public uint LengthBitsHigh;
        public fixed uint Buffer[16];
        public uint BufferedBytes;
        public uint DigestBytes;
    }
}
