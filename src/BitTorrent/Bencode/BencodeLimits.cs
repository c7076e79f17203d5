namespace Distribution.BitTorrent.Bencode;

/// <summary>Bounds on untrusted bencode. A reader stops with an error at the first one passed.</summary>
/// <param name="MaxDepth">Nested lists and dictionaries; at most <see cref="HardMaxDepth"/>.</param>
/// <param name="MaxTokens">Values, keys and ends read in all.</param>
public readonly record struct BencodeLimits(int MaxDepth, int MaxTokens)
{
    /// <summary>The reader keeps its stack in fixed fields, so no input can make it deeper than this.</summary>
    public const int HardMaxDepth = 64;

    /// <summary>
    /// Metainfo: depth 40 (a v2 file tree 32 names deep, BEP 52), 1 million tokens (a folder of a hundred thousand files; some 100 MB
    /// when all of it is parsed).
    /// </summary>
    public static BencodeLimits Metainfo { get; } = new(MaxDepth: 40, MaxTokens: 1_000_000);

    /// <summary>A wire or tracker message: depth 8, 16 384 tokens.</summary>
    public static BencodeLimits Message { get; } = new(MaxDepth: 8, MaxTokens: 16_384);
}
