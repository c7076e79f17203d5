using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace Distribution.Silos.Announces.Plain;

/// <summary>
/// Answers announces and scrapes in plain HTTP/1 on the connection itself, before the framework's HTTP: its work for a request is several times
/// the announce's. A connection whose next request is none of these goes on there, with that request unread.
/// </summary>
internal sealed class PlainTracker(
    IAnnounceHandler handler,
    HttpTracker tracker,
    SiloMetrics metrics,
    TimeProvider clock
)
{
    /// <summary>As the framework's keep-alive timeout.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(130);

    private const int MostReplyBytes = CompactReply.HeaderBytes + Swarm.MaxNumWant * CompactPeers.IPv6Bytes;

    private readonly HttpDate _date = new();

    /// <summary>Serves a connection until its end, or until a request that is <paramref name="next"/>'s.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint remote)
        {
            await next(connection);
            return;
        }
        var visit = new PlainVisit(connection, remote.Address, IdleTimeout, clock);
        bool goesOn;
        try
        {
            goesOn = await AnswerAsync(visit, connection.Transport.Input, connection.Transport.Output);
        }
        catch (Exception fault) when (fault is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            goesOn = false;
        }
        finally
        {
            visit.Dispose();
        }
        if (goesOn)
            await next(connection);
        else
        {
            await connection.Transport.Output.CompleteAsync();
            await connection.Transport.Input.CompleteAsync();
        }
    }

    /// <summary>True: what is in the input is another's.</summary>
    private async ValueTask<bool> AnswerAsync(PlainVisit visit, PipeReader input, PipeWriter output)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            visit.Touch();
            ReadOnlySequence<byte> rest = read.Buffer;
            PlainRequestKind kind;
            bool keepsAlive = true;
            while (
                (kind = TryAnswer(visit, ref rest, output, ref keepsAlive, out byte[]? query))
                != PlainRequestKind.Incomplete
            )
            {
                if (kind == PlainRequestKind.Other)
                {
                    // Answers to what came before it leave first.
                    FlushResult before = rest.Length < read.Buffer.Length ? await output.FlushAsync() : default;
                    input.AdvanceTo(rest.Start);
                    return !before.IsCompleted;
                }
                if (query is not null)
                {
                    ReadOnlyMemory<byte> body =
                        kind == PlainRequestKind.Announce
                            ? await tracker.AnswerAnnounceAsync(query, visit.Address)
                            : await tracker.AnswerScrapeAsync(query);
                    PlainResponse.Write(output, body.Span, keepsAlive, _date.At(clock.GetUtcNow()));
                }
                if (!keepsAlive)
                    break;
            }
            bool answered = rest.Length < read.Buffer.Length;
            input.AdvanceTo(rest.Start, rest.End);
            if (answered && (await output.FlushAsync()).IsCompleted)
                return false;
            if (!keepsAlive || (read.IsCanceled && rest.IsEmpty))
                return false;
            if (read.IsCompleted)
            {
                // A broken-off request is the framework's to refuse.
                return !rest.IsEmpty;
            }
        }
    }

    /// <summary>Answers the next request where that needs no waiting.</summary>
    /// <param name="query">Set: it is read, and to be answered by the general way.</param>
    [SkipLocalsInit]
    private PlainRequestKind TryAnswer(
        PlainVisit visit,
        ref ReadOnlySequence<byte> input,
        PipeWriter output,
        ref bool keepsAlive,
        out byte[]? query
    )
    {
        query = null;
        if (input.IsEmpty)
            return PlainRequestKind.Incomplete;
        Span<byte> joined = stackalloc byte[PlainRequest.MaxHeadBytes];
        scoped ReadOnlySpan<byte> head = input.FirstSpan;
        if (!input.IsSingleSegment)
        {
            ReadOnlySequence<byte> first = input.Slice(0, Math.Min(input.Length, joined.Length));
            first.CopyTo(joined);
            head = joined[..(int)first.Length];
        }
        PlainRequest request = PlainRequest.Read(head);
        if (request.Kind is PlainRequestKind.Incomplete or PlainRequestKind.Other)
            return request.Kind;
        keepsAlive = request.KeepsAlive && !visit.IsEnding;
        if (request.Kind == PlainRequestKind.Scrape || !TryAnnounce(visit, request.Query, output, keepsAlive))
            query = request.Query.ToArray();
        input = input.Slice(request.LengthBytes);
        return request.Kind;
    }

    [SkipLocalsInit]
    private bool TryAnnounce(PlainVisit visit, ReadOnlySpan<byte> query, PipeWriter output, bool keepsAlive)
    {
        if (!HttpAnnounceQuery.TryParse(query, out HttpAnnounceQuery asked, out _) || !asked.Compact)
            return false;
        var announce = new PackedAnnounce
        {
            InfoHash = asked.InfoHash,
            PeerId = asked.PeerId,
            Endpoint = new WireEndpoint(visit.AddressBytes, asked.Port),
            Event = (AnnounceEvent)asked.Event,
            NothingDownloaded = asked.DownloadedBytes == 0,
            NumWant = (ushort)Swarm.ClampNumWant(asked.NumWant),
            LeftBytes = asked.LeftBytes,
            UploadedBytes = asked.UploadedBytes,
            Transport = AnnounceTransport.Http,
        };
        Span<byte> reply = stackalloc byte[MostReplyBytes];
        DateTimeOffset time = clock.GetUtcNow();
        if (handler.TryAnnounce(announce, time, reply, out int written) != AnnounceOutcome.Answered)
            return false;
        PlainResponse.WriteAnnounce(output, reply[..written], visit.AddressBytes, keepsAlive, _date.At(time));
        metrics.CountAnnounces(HttpTracker.Transport, announce.Event, refused: false, 1);
        return true;
    }
}
