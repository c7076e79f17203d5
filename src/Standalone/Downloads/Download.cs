using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Trackers;
using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>
/// One torrent being downloaded as a viewer would: from its web seeds and from peers at once, giving to others meanwhile. Nothing of it
/// runs on once <see cref="RunAsync"/> has ended.
/// </summary>
internal sealed class Download(
    MetainfoFile metainfo,
    PieceStore store,
    Bitfield have,
    DownloadWishes wishes,
    PeerId peerId,
    Socket listener,
    HttpClient http,
    Action<string> note,
    TimeProvider clock
)
{
    /// <summary>Peers that are given to at a time.</summary>
    private const int Slots = 8;

    private const int WebSeedConnections = 2;

    /// <summary>A peer that sent nothing for so long gives its pieces back.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly HashSet<PeerExchange> _peers = [];
    private readonly HashSet<PeerExchange> _slots = [];
    private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _foundBytes = BytesOf(metainfo.Info, have);
    private readonly int _foundPieces = have.Count;
    private Exception? _fault;
    private long _lastAliveAt = clock.GetTimestamp();
    private long _spent;

    public TorrentInfo Torrent => metainfo.Info;

    public PeerId PeerId => peerId;

    public int Port { get; } = ((IPEndPoint)listener.LocalEndPoint!).Port;

    public PieceStore Store => store;

    public PiecePicker Picker { get; } = new(metainfo.Info, have);

    public DownloadFigures Figures { get; } = new();

    public TimeProvider Clock => clock;

    /// <summary>Verified bytes, with what was there before.</summary>
    public long HaveBytes => _foundBytes + Figures.ReceivedBytes;

    /// <summary>The clock's timestamp at which everything was there, and had its name.</summary>
    public long WholeAt { get; private set; }

    public int PeerCount
    {
        get
        {
            lock (_peers)
                return _peers.Count;
        }
    }

    /// <summary>Ends when everything is there and the time to give is over.</summary>
    /// <exception cref="TimeoutException">Nothing came for as long as patience lasts.</exception>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        Figures.FoundBytes = _foundBytes;
        if (Picker.IsDone)
            _whole.TrySetResult();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var trackers = new TrackerList(
            TrackerList.Make(metainfo.Trackers, http, Torrent.InfoHash, peerId, Port, clock),
            Announced,
            found: endpoints => Dials.Add(endpoints),
            note,
            clock
        );
        using var dials = new PeerDials(this, listener, wishes.UsePeers, over.Token);
        Dials = dials;
        Task running = Task.WhenAll([
            trackers.RunAsync(over.Token),
            .. WebSeeds().Select(seed => seed.RunAsync(over.Token)),
        ]);
        try
        {
            await UntilWholeAsync(stop);
            store.Finish();
            WholeAt = clock.GetTimestamp();
            if (_foundPieces < Torrent.PieceCount)
                await trackers.TellAsync(TrackerEvent.Completed, stop);
            // Whoever wants it to leave now has all that was asked for.
            await Task.Delay(wishes.Linger, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await over.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await dials.StopAsync();
            await trackers.TellAsync(TrackerEvent.Stopped, CancellationToken.None);
        }
    }

    /// <summary>Something came: patience begins anew.</summary>
    public void Alive() => Volatile.Write(ref _lastAliveAt, clock.GetTimestamp());

    public void Note(string line) => note(line);

    public void Join(PeerExchange peer)
    {
        lock (_peers)
            _peers.Add(peer);
    }

    public void Leave(PeerExchange peer)
    {
        lock (_peers)
            _peers.Remove(peer);
        lock (_slots)
            _slots.Remove(peer);
    }

    public bool TryTakeSlot(PeerExchange peer)
    {
        lock (_slots)
            return wishes.ShareLimit > 0 && (_slots.Contains(peer) || _slots.Count < Slots && _slots.Add(peer));
    }

    /// <summary>Whether so many bytes more may be given: in all at most the share limit of what is here.</summary>
    public bool TrySpend(int bytes)
    {
        if (Interlocked.Add(ref _spent, bytes) <= wishes.ShareLimit * HaveBytes)
            return true;
        Interlocked.Add(ref _spent, -bytes);
        return false;
    }

    /// <summary>Checks a whole piece, stores it and tells everybody. False: its hash is wrong, or the disk failed.</summary>
    /// <param name="from">Loses its connection where all of a wrong piece is its own.</param>
    public async Task<bool> TakeInAsync(PieceClaim claim, PeerExchange? from = null)
    {
        await Task.Yield();
        if (!store.IsRight(claim.Piece, claim.Bytes))
        {
            Picker.Fail(claim);
            Figures.Wasted(claim.SizeBytes);
            note($"Piece {claim.Piece} from {from?.Remote.ToString() ?? "a web seed"} was damaged.");
            if (claim.IsOfOneOwner)
                from?.Dispose();
            return false;
        }
        try
        {
            store.Write(claim.Piece, claim.Bytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _fault = fault;
            _whole.TrySetResult();
            return false;
        }
        if (!Picker.TryFinish(claim))
        {
            Figures.Wasted(claim.SizeBytes);
            return true;
        }
        foreach (ByteSource source in Enum.GetValues<ByteSource>())
            Figures.Received(source, claim.Of(source));
        PeerExchange[] peers;
        lock (_peers)
            peers = [.. _peers];
        foreach (PeerExchange peer in peers)
            peer.Tell(claim.Piece);
        if (Picker.IsDone)
            _whole.TrySetResult();
        return true;
    }

    private PeerDials Dials { get; set; } = null!;

    private static long BytesOf(TorrentInfo torrent, Bitfield have) =>
        Enumerable
            .Range(0, torrent.PieceCount)
            .Where(piece => have[piece])
            .Sum(piece => (long)torrent.PieceSizeBytes(piece));

    private TrackerFigures Announced() =>
        new(Figures.ReceivedBytes, Torrent.LengthBytes - HaveBytes, Figures.UploadedBytes);

    private IEnumerable<WebSeedReader> WebSeeds()
    {
        if (!wishes.UseWebSeeds || Picker.IsDone)
            yield break;
        foreach (string text in metainfo.WebSeeds)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
                continue;
            for (int connection = 0; connection < WebSeedConnections; connection++)
                yield return new WebSeedReader(http, url, Torrent, this);
        }
    }

    private async Task UntilWholeAsync(CancellationToken stop)
    {
        while (!_whole.Task.IsCompleted)
        {
            Task tick = Task.Delay(TickInterval, clock, stop);
            if (await Task.WhenAny(_whole.Task, tick) == tick)
                await tick;
            PeerExchange[] peers;
            lock (_peers)
                peers = [.. _peers];
            foreach (PeerExchange peer in peers)
                peer.Tick(Slow);
            Dials.DialDue();
            if (!_whole.Task.IsCompleted && clock.GetElapsedTime(Volatile.Read(ref _lastAliveAt)) > wishes.Patience)
                throw new TimeoutException(
                    $"Nothing came for {wishes.Patience.TotalSeconds:0} s. What is there stays in {store.CurrentPath}: run it again to go on."
                );
        }
        if (_fault is not null)
            throw new IOException($"{_fault.Message} What is there stays in {store.CurrentPath}.", _fault);
    }
}
