namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>The first entry: whose chain it is.</summary>
/// <param name="PublicKey">Of the instance: a P-256 SubjectPublicKeyInfo in DER, 182 hexadecimal digits.</param>
/// <param name="Format">Of the lines: 1, of programs that knew no further sources, or 2. A chain that began with 1 goes on with lines of 2.</param>
public sealed record ChainStart(
    long At,
    string PublicKey,
    ChainHash Previous = default,
    ChainHash Hash = default,
    int Format = ChainStart.LatestFormat
) : ChainEntry(0, At, Previous, Hash)
{
    public const int LatestFormat = 2;
}
