namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>The first entry: whose chain it is.</summary>
/// <param name="PublicKey">Of the instance: a P-256 SubjectPublicKeyInfo in DER, 182 hexadecimal digits.</param>
public sealed record ChainStart(long At, string PublicKey, ChainHash Previous = default, ChainHash Hash = default)
    : ChainEntry(0, At, Previous, Hash)
{
    /// <summary>Of the lines; another number is another format.</summary>
    public const int Format = 1;
}
