using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.PlainHttp;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Sends;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Answers what BitTorrent clients ask a web seed for, whole files and single ranges of files of this machine, as
/// <see cref="WebSeedEndpoints"/> would, and leaves the rest to that.
/// </summary>
internal sealed class PlainWebSeed(ServedFiles files, OpenContents contents, WebSeedSends sends, TimeProvider clock)
    : IPlainHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _asked = new(StringComparer.Ordinal);
    private readonly HttpDate _date = new();

    private static ReadOnlySpan<byte> Prefix => "/webseed/"u8;

    public PlainAnswer TryAnswer(in PlainHead head, IPlainReply reply)
    {
        if (!head.IsHttp11 || head.HasQuery || !head.Path.StartsWith(Prefix))
            return PlainAnswer.Other;
        PlainAddress? address = (reply.Memo as PlainVisit)?.Address;
        if (address is null || !address.Is(head.Path))
            address = PlainAddress.Read(head.Path);
        if (address is null)
            return PlainAnswer.Other;
        if (files.TryFind(address.FileId) is not { } file)
            return Later(address.FileId, reply);
        if (
            file.State is not FileState.Published
            || address.PartOf(file) is not { IsPadding: false, SizeBytes: > 0 } part
        )
            return PlainAnswer.Other;

        var range = new ByteRange(0, part.SizeBytes);
        bool isPart = !head.IsHead && !head.Range.IsEmpty;
        if (isPart && !PlainRange.TryRead(head.Range, part.SizeBytes, out range))
            return PlainAnswer.Other;
        if (contents.TryLease(address.FileId) is not { } lease)
            return Later(address.FileId, reply);
        if (lease.Reader is not ILocalContentReader local)
        {
            lease.Dispose();
            return PlainAnswer.Other;
        }
        address.HeadOf(file, part).Write(reply, range, isPart, reply.KeepsAlive, _date.At(clock.GetUtcNow()));
        if (head.IsHead)
        {
            lease.Dispose();
            return PlainAnswer.Given;
        }
        if (
            reply.Memo is not PlainVisit visit
            || visit.Address != address
            || visit.InfoHash != file.Stored.Content.InfoHash
        )
        {
            visit = new PlainVisit(
                address,
                file.Stored.Content.InfoHash,
                sends.Meter(file.Stored.Content.InfoHash, reply.Address, SendKind.WebSeed)
            );
            reply.Memo = visit;
        }
        visit.Begin(lease);
        reply.SendFile(local.File, part.OffsetBytes + range.Start, range.Length, visit);
        return PlainAnswer.Given;
    }

    /// <summary>All that wait for a file wait for one question.</summary>
    private PlainAnswer Later(string fileId, IPlainReply reply)
    {
        lock (_gate)
        {
            if (!_asked.TryGetValue(fileId, out Task? asked))
                _asked[fileId] = asked = Task.Run(() => FindAndOpenAsync(fileId));
            reply.WaitFor(asked);
        }
        return PlainAnswer.Later;
    }

    private async Task FindAndOpenAsync(string fileId)
    {
        try
        {
            if (await files.FindAsync(fileId, CancellationToken.None) is { State: FileState.Published })
                (await contents.OpenAsync(fileId, CancellationToken.None))?.Dispose();
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or OrleansException or TimeoutException)
        {
            // Who asks again asks the general way, which says so.
        }
        finally
        {
            lock (_gate)
                _asked.Remove(fileId);
        }
    }
}
