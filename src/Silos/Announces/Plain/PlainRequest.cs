using Distribution.Contracts.PlainHttp;

namespace Distribution.Silos.Announces.Plain;

/// <summary>
/// Recognises the requests of BitTorrent clients: <c>GET /announce?…</c> or <c>GET /scrape?…</c> in HTTP/1.1 or 1.0 with the headers that clients
/// send and nothing else. It decides nothing about others: whatever is rare, wrong or clever is the framework's to judge.
/// </summary>
internal readonly ref struct PlainRequest
{
    /// <summary>Longer heads are the framework's. A client's has about 500 bytes.</summary>
    public const int MaxHeadBytes = PlainHead.MaxBytes;

    private PlainRequest(PlainRequestKind kind, ReadOnlySpan<byte> query, bool keepsAlive, int lengthBytes)
    {
        Kind = kind;
        Query = query;
        KeepsAlive = keepsAlive;
        LengthBytes = lengthBytes;
    }

    public PlainRequestKind Kind { get; }

    /// <summary>Behind the question mark, as it came.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>The connection is for more requests.</summary>
    public bool KeepsAlive { get; }

    /// <summary>What of the input it is.</summary>
    public int LengthBytes { get; }

    /// <summary>Looks at what has come so far.</summary>
    public static PlainRequest Read(ReadOnlySpan<byte> input)
    {
        PlainRequestKind kind = KindOf(input);
        if (kind is PlainRequestKind.Incomplete or PlainRequestKind.Other)
            return new PlainRequest(kind, default, false, 0);
        int end = input[..Math.Min(input.Length, MaxHeadBytes)].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            kind = input.Length < MaxHeadBytes ? PlainRequestKind.Incomplete : PlainRequestKind.Other;
            return new PlainRequest(kind, default, false, 0);
        }
        return PlainHead.TryRead(input, out PlainHead head) && head.Range.IsEmpty
            ? new PlainRequest(kind, head.Query, head.KeepsAlive, head.LengthBytes)
            : new PlainRequest(PlainRequestKind.Other, default, false, 0);
    }

    private static PlainRequestKind KindOf(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> announce = "GET /announce?"u8;
        ReadOnlySpan<byte> scrape = "GET /scrape?"u8;
        if (input.StartsWith(announce))
        {
            return PlainRequestKind.Announce;
        }
        if (input.StartsWith(scrape))
        {
            return PlainRequestKind.Scrape;
        }
        return announce.StartsWith(input) || scrape.StartsWith(input)
            ? PlainRequestKind.Incomplete
            : PlainRequestKind.Other;
    }
}
