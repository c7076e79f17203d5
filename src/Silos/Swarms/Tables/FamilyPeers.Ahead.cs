using System.Runtime.InteropServices;
using Distribution.BitTorrent;
using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// Asks for the memory of announces that are answered in a moment. Any thread, also while another changes the table: what is read here may be old, and
/// is only a guess of where to look.
/// </summary>
internal sealed partial class FamilyPeers
{
    /// <summary>Of this object.</summary>
    public const int Lines = 3;

    /// <summary>First: where the index says who has an id.</summary>
    /// <param name="idHash">See <see cref="HashOf"/>.</param>
    public void AskForPlace(ulong idHash)
    {
        _byId.AskFor(idHash);
        if (Neighbourhoods is { } neighbourhoods)
            CacheLines.AskObject(neighbourhoods, 2);
        else if (_endpointPages is null && _endpoints is { Length: > 0 } endpoints)
            // It is looked through.
            CacheLines.Ask(ref endpoints[0], Math.Min(endpoints.Length, NearFirst.MostLookedThrough * _endpointBytes));
    }

    /// <summary>Then its record. Answers where it likely is; -1: nowhere.</summary>
    public int AskForRecord(ulong idHash)
    {
        int position = _byId.Peek(idHash);
        if (position < 0)
        {
            // Without an index they are few, and all are looked at.
            if (_records is { Length: > 0 } few && _recordPages is null)
                CacheLines.Ask(
                    ref MemoryMarshal.AsBytes(few.AsSpan())[0],
                    Math.Min(few.Length, MostWithoutIndex) * RecordBytes
                );
            return position;
        }
        PeerRecord[]? page = PageOf(_recordPages, _records, position);
        int at = position & (PageSize - 1);
        if (page is not null && at < page.Length)
            CacheLines.Ask(ref MemoryMarshal.AsBytes(page.AsSpan(at, 1))[0], RecordBytes);
        AskForEndpoint(position);
        return position;
    }

    public void AskForEndpoint(int position)
    {
        byte[]? page = PageOf(_endpointPages, _endpoints, position);
        int at = (position & (PageSize - 1)) * _endpointBytes;
        if (page is not null && at < page.Length)
            CacheLines.Ask(ref page[at]);
    }

    /// <summary>As <see cref="NetworkAt"/>; 0 also where that is in change.</summary>
    public ushort PeekNetwork(int position)
    {
        if (position < 0 || _networkPages is not { } pages || position >> PageShift >= pages.Length)
            return 0;
        ushort[] page = pages[position >> PageShift];
        int at = position & (PageSize - 1);
        return at < page.Length ? page[at] : (ushort)0;
    }

    public static ulong HashOf(in PeerId id) => PeerHash.Of(id.AsSpan());

    private const int RecordBytes = 40;

    private static T[]? PageOf<T>(T[][]? pages, T[] first, int position)
    {
        int page = position >> PageShift;
        return pages is null ? (page == 0 ? first : null)
            : page < pages.Length ? pages[page]
            : null;
    }
}
