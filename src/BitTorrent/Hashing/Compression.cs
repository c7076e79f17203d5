namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// The inner functions of SHA-1 and SHA-256 (FIPS 180-4, sections 6.1.2 and 6.2.2): they take whole 64-byte blocks into the chaining
/// values. .NET has the hashes but not these, and without them a hash in progress cannot be stored.
/// </summary>
internal abstract class Compression
{
    public const int BlockBytes = 64;
    public const int Sha1Words = 5;
    public const int Sha256Words = 8;

    /// <summary>The fastest that works here, found out once.</summary>
    public static Compression Best { get; } = LibcryptoCompression.TryLoad() ?? (Compression)new PlainCompression();

    /// <param name="words">Five chaining values.</param>
    /// <param name="blocks">A multiple of 64 bytes.</param>
    public abstract void Sha1(Span<uint> words, ReadOnlySpan<byte> blocks);

    /// <param name="words">Eight chaining values.</param>
    /// <param name="blocks">A multiple of 64 bytes.</param>
    public abstract void Sha256(Span<uint> words, ReadOnlySpan<byte> blocks);
}
