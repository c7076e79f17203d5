using System.Net;
using System.Net.Http.Headers;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>Fetches pieces from one web seed (BEP 19), a few in a row at a time, and waits longer after each failure.</summary>
internal sealed class WebSeedReader(HttpClient http, Uri url, TorrentInfo torrent, Download download)
{
    /// <summary>What is fetched at once: as little as a connection's speed allows, so that peers have something left to bring.</summary>
    private const long RunBytes = 4 << 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly FileMap _map = new(torrent);

    /// <summary>Runs until everything is there, or the address turns out to have nothing.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = FirstPause;
        while (!download.Picker.IsDone)
        {
            List<PieceClaim> run = download.Picker.ClaimRun(RunBytes);
            bool isGone = false;
            bool failed = run.Count == 0;
            foreach (PieceClaim claim in run)
            {
                if (failed || !await TryFetchAsync(claim, gone => isGone = gone, stop))
                {
                    failed = true;
                    download.Picker.Abandon(claim);
                }
            }
            if (isGone)
                return;
            if (!failed)
            {
                pause = FirstPause;
                continue;
            }
            await Task.Delay(pause, download.Clock, stop);
            pause = run.Count == 0 ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
        }
    }

    private async Task<bool> TryFetchAsync(PieceClaim claim, Action<bool> tellGone, CancellationToken stop)
    {
        while (claim.Ask() is not null) { }
        foreach (FileSlice slice in _map.SlicesOf(claim.Piece))
        {
            if (slice.IsPadding)
                continue;
            string? problem = await FetchAsync(claim, slice, tellGone, stop);
            if (problem is not null)
            {
                download.Note($"{url.Host}: {problem}");
                return false;
            }
        }
        // A range's bytes were put where they belong; now they are blocks, with zeros for what is padding.
        for (int offset = 0; offset < claim.SizeBytes; offset += BlockRequest.StandardBytes)
        {
            int length = Math.Min(BlockRequest.StandardBytes, claim.SizeBytes - offset);
            if (!claim.TryPut(offset, claim.Bytes.AsSpan(offset, length), ByteSource.WebSeed))
                download.Figures.Wasted(length);
        }
        return await download.TakeInAsync(claim);
    }

    /// <returns>Null: done; else what went wrong, for people.</returns>
    private async Task<string?> FetchAsync(
        PieceClaim claim,
        FileSlice slice,
        Action<bool> tellGone,
        CancellationToken stop
    )
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _map.UrlOf(url, slice.File));
            request.Headers.Range = new RangeHeaderValue(slice.OffsetBytes, slice.OffsetBytes + slice.LengthBytes - 1);
            using HttpResponseMessage answer = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                stop
            );
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.Forbidden)
                tellGone(true);
            if (Problem(answer, slice) is { } problem)
                return problem;
            await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
            await body.ReadExactlyAsync(claim.Bytes.AsMemory(slice.StartInPiece, slice.LengthBytes), stop);
            download.Alive();
            return null;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return fault.Message;
        }
    }

    private string? Problem(HttpResponseMessage answer, FileSlice slice)
    {
        ContentRangeHeaderValue? range = answer.Content.Headers.ContentRange;
        bool isWholeFile = slice.OffsetBytes == 0 && slice.LengthBytes == torrent.Files[slice.File].LengthBytes;
        return answer.StatusCode switch
        {
            HttpStatusCode.PartialContent when range?.From == slice.OffsetBytes => null,
            HttpStatusCode.PartialContent => $"sent the range {range}",
            HttpStatusCode.OK when isWholeFile => null,
            HttpStatusCode.OK => "does not know ranges",
            _ => $"answered {(int)answer.StatusCode}",
        };
    }
}
