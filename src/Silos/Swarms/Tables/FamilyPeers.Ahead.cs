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

    /// <summary>Asks for the endpoints of some that stand side by side, and for their records if these are looked at too. Only whoever may change the table.</summary>
    public void AskForRun(PeerRun run, bool withRecords)
    {
        byte[] page = PageOf(_endpointPages, _endpoints, run.Start)!;
        CacheLines.AskObject(page, 1);
        AskFor(page, run, _endpointBytes);
        if (withRecords && run.Start < Leechers)
            AskFor(PageOf(_recordPages, _records, run.Start)!, run, 1);
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

    /// <summary>Of a run the part that is in its first page.</summary>
    private static void AskFor<T>(T[] page, PeerRun run, int each)
        where T : unmanaged
    {
        int from = (run.Start & (PageSize - 1)) * each;
        int count = Math.Min(run.Count * each, page.Length - from);
        if (count > 0)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(page.AsSpan(from, count));
            CacheLines.Ask(ref bytes[0], bytes.Length);
        }
    }

    private static T[]? PageOf<T>(T[][]? pages, T[] first, int position)
    {
        int page = position >> PageShift;
        return pages is null ? (page == 0 ? first : null)
            : page < pages.Length ? pages[page]
            : null;
    }
}
