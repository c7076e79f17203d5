using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Holdouts;
using Distribution.Silos.Ledgers.Networks;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// Books one input inside a transaction. Every input is cumulative, so booking it again changes nothing; what it adds to an account
/// goes to the account and to the file's hour together.
/// </summary>
/// <param name="nowSeconds">Unix time.</param>
/// <param name="networks">Null: none is known.</param>
/// <param name="holdouts">Null: nobody is held out.</param>
internal sealed class LedgerBook(
    StateSession session,
    long nowSeconds,
    ViewerNetworks? networks = null,
    HoldoutDraw? holdouts = null
)
{
    private readonly long _thisHour = HourTable.HourOf(nowSeconds);
    private readonly BookedFiles _files = new(session);
    private readonly AccountTable _accounts = new(session);

    /// <summary>A counter of our own; answers what it adds, or null.</summary>
    public LedgerDelta? BookSend(long sourceKey, in CheckedCounter counter)
    {
        FileRow file = _files.FindOrKeep(counter.InfoHash);
        long increase = counter.BytesSent - Stored(sourceKey, counter, file.Key);
        if (increase <= 0)
            return null;
        session.Execute(
            "INSERT INTO send_counter (source_key, hour_start, file_key, address, kind, bytes) "
                + "VALUES ($1, $2, $3, $4, $5, $6) "
                + "ON CONFLICT (source_key, hour_start, file_key, address, kind) DO UPDATE SET bytes = excluded.bytes",
            sourceKey,
            counter.HourStart,
            file.Key,
            counter.Address.ToString(),
            (int)counter.Kind,
            counter.BytesSent
        );
        // A sender whose clock is ahead has no say in what the future holds.
        long hour = Math.Min(counter.HourStart, _thisHour);
        var delta = new LedgerDelta(counter.InfoHash, 0, 0, 0, 0, 0, 0, 0);
        if (counter.Kind is SendKind.EdgeFill or SendKind.EdgeMetadata or SendKind.EdgeOverhead)
        {
            delta = counter.Kind switch
            {
                SendKind.EdgeFill => delta with { EdgeFillBytes = increase },
                SendKind.EdgeMetadata => delta with { EdgeMetadataBytes = increase },
                _ => delta with { EdgeOverheadBytes = increase },
            };
            HourTable.Add(session, file.Key, hour, delta);
            return delta;
        }
        AccountRow account = _accounts.OfAddress(file.Key, AccountAddress.Of(counter.Address));
        if (IsComparing(file))
            TrialTable.Send(session, file.Key, account.Key, nowSeconds);
        AccountTotals totals = account.Totals;
        switch (counter.Kind)
        {
            case SendKind.WebSeed:
                delta = delta with { WebSeedBytes = increase };
                totals = totals with { WebSeedBytes = totals.WebSeedBytes + increase };
                break;
            case SendKind.Direct:
                delta = delta with { DirectBytes = increase };
                totals = totals with { DirectBytes = totals.DirectBytes + increase };
                break;
            default:
                delta = delta with { EdgeBytes = increase };
                totals = totals with { EdgeBytes = totals.EdgeBytes + increase };
                break;
        }
        PresenceTable.Mark(session, file.Key, hour, account.PresenceKey, got: true, gave: false);
        return Book(file, account, totals, counter.Address, hour, delta);
    }

    /// <summary>What a CDN's log says it sent of a file; null: there is no such file.</summary>
    /// <param name="address">Null: the log does not tell it. Then nobody can be credited, and the bytes are off the peers' alone.</param>
    /// <param name="hourStart">Unix time, a full hour.</param>
    public LedgerDelta? BookLogged(string fileId, IPAddress? address, long hourStart, long bytes)
    {
        if (FileTable.FindHash(session, fileId) is not { } infoHash || _files.Find(infoHash) is not { } file)
            return null;
        long hour = Math.Min(HourTable.HourOf(hourStart), _thisHour);
        var delta = new LedgerDelta(infoHash, 0, 0, 0, 0, 0, 0, 0, CdnBytes: bytes);
        if (address is null)
        {
            HourTable.Add(session, file.Key, hour, delta);
            return delta;
        }
        AccountRow account = _accounts.OfAddress(file.Key, AccountAddress.Of(address));
        PresenceTable.Mark(session, file.Key, hour, account.PresenceKey, got: true, gave: false);
        AccountTotals totals = account.Totals with { CdnBytes = account.Totals.CdnBytes + bytes };
        return Book(file, account, totals, address, hour, delta);
    }

    /// <summary>An announce; null: the file is not known, so nothing was booked.</summary>
    public BookedAnnounce? BookAnnounce(InfoHash infoHash, in ViewerAnnounce announce)
    {
        if (_files.Find(infoHash) is not { SizeBytes: { } sizeBytes } file)
            return null;
        ViewerRow before = ViewerTable.Load(session, file.Key, announce.PeerId, nowSeconds);
        BookedViewer? known = before.AccountKey is null ? null : Booked(before, file);
        ViewerSession next = before.Session.Next(announce, sizeBytes, UploadClaims.MostBytes(known, nowSeconds));
        if (next.Completed && !before.Session.Completed)
        {
            file = _files.CountCompleted(infoHash, file);
        }
        AnnounceAnomalies found = next.Anomalies & ~before.Session.Anomalies;
        AnomalyTable.Count(session, file.Key, _thisHour, found);
        if (IsComparing(file))
            TrialTable.Announce(
                session,
                file.Key,
                announce.PeerId,
                holdouts!.Includes(file.PublisherId, infoHash, announce.Address),
                before.Session,
                next,
                nowSeconds
            );
        LedgerDelta? delta = BookViewer(
            infoHash,
            file,
            announce.PeerId,
            announce.Address,
            before,
            before.After(next, sizeBytes, MagnetStarts.AreTold(announce.PeerId))
        );
        return new BookedAnnounce(Booked(before with { Session = next }, file), delta, found);
    }

    /// <summary>What an edge saw of one peer; answers what it adds, or null.</summary>
    /// <param name="found">What its audits found that was not known.</param>
    /// <remarks>
    /// A viewer that sent wrong bytes is taken at its word no more: what was witnessed of it is taken back from its account. Booked figures
    /// never fall, so that holds back what comes next.
    /// </remarks>
    public LedgerDelta? BookWitness(InfoHash infoHash, in WitnessedProgress progress, out AnnounceAnomalies found)
    {
        found = AnnounceAnomalies.None;
        if (_files.Find(infoHash) is not { SizeBytes: { } sizeBytes } file)
            return null;
        ViewerRow before = ViewerTable.Load(session, file.Key, progress.PeerId, nowSeconds);
        AnnounceAnomalies marks = before.Session.Anomalies | AuditMarks(progress.Audits);
        found = marks & ~before.Session.Anomalies;
        AnomalyTable.Count(session, file.Key, _thisHour, found);
        ViewerRow after = before.After(progress, sizeBytes) with
        {
            Session = before.Session with { Anomalies = marks },
        };
        if (IsComparing(file) && after.WitnessedBytes > before.WitnessedBytes)
            TrialTable.See(session, file.Key, progress.PeerId, nowSeconds);
        if (marks.HasFlag(AnnounceAnomalies.AuditWrong))
            after = after with { WitnessedBytes = 0, HeldBytes = 0 };
        return BookViewer(infoHash, file, progress.PeerId, progress.Address, before, after);
    }

    private bool IsComparing(in FileRow file) => holdouts is not null && holdouts.PercentOf(file.PublisherId) > 0;

    private static AnnounceAnomalies AuditMarks(in AuditCounts audits) =>
        (audits.Wrong > 0 ? AnnounceAnomalies.AuditWrong : AnnounceAnomalies.None)
        | (audits is { Unanswered: > 0, Confirmed: 0 } ? AnnounceAnomalies.AuditUnanswered : AnnounceAnomalies.None);

    private static BookedViewer Booked(in ViewerRow viewer, in FileRow file) =>
        new(viewer.Session, viewer.FirstSeen, viewer.WitnessedBytes, file.Completed);

    private LedgerDelta? BookViewer(
        InfoHash infoHash,
        in FileRow file,
        PeerId peerId,
        IPAddress address,
        in ViewerRow before,
        ViewerRow after
    )
    {
        AccountRow account = _accounts.OfViewer(file.Key, AccountAddress.Of(address), before.AccountKey);
        if (account.Key == before.AccountKey && after == before)
            return null;
        // What edges saw of an id that never announced is of whoever announced there, or will.
        byte[] name = after.HasAnnounced ? peerId.AsSpan().ToArray() : account.PresenceKey;
        if (after.HasAnnounced && !account.HasAnnounced && !account.IsNew)
            PresenceTable.Rename(session, file.Key, account.PresenceKey, name);
        after = after with { AccountKey = account.Key };
        if (before.AccountKey == account.Key)
            ViewerTable.Update(session, file.Key, peerId, after);
        else
            ViewerTable.Save(session, file.Key, peerId, after);

        long credit = after.Session.CreditBytes - before.Session.CreditBytes;
        long given = after.Session.GivenBytes - before.Session.GivenBytes;
        long witnessed = after.WitnessedBytes - before.WitnessedBytes;
        PresenceTable.Mark(session, file.Key, _thisHour, name, got: credit > 0 || witnessed > 0, gave: given > 0);
        AccountTotals totals = account.Totals with
        {
            AnnouncedBytes = account.Totals.AnnouncedBytes + credit,
            WitnessedBytes = account.Totals.WitnessedBytes + witnessed,
            Viewers = account.Totals.Viewers + (after.IsSettled ? 1 : 0) - (before.IsSettled ? 1 : 0),
            HasViewers = true,
        };
        var delta = new LedgerDelta(infoHash, 0, 0, 0, 0, 0, 0, given);
        UploadBinTable.Move(session, file.PublisherId, before, after);
        return Book(
            file,
            account with
            {
                LastViewer = name,
            },
            totals,
            address,
            _thisHour,
            delta,
            after.BelievedGivenBytes - before.BelievedGivenBytes
        );
    }

    /// <param name="account">As it is stored.</param>
    /// <param name="totals">As they are to be.</param>
    /// <param name="given">By how much more its viewers say they gave, as far as they are believed; may be negative.</param>
    private LedgerDelta Book(
        in FileRow file,
        AccountRow account,
        in AccountTotals totals,
        IPAddress address,
        long hour,
        LedgerDelta delta,
        long given = 0
    )
    {
        AccountTotals booked = totals.Book(file.SizeBytes, out long high, out long waste);
        _accounts.Save(account with { Totals = booked });
        FileLow low = (
            file.Low with
            {
                SentBytes = file.Low.SentBytes + booked.BookedSentBytes - totals.BookedSentBytes,
                SeenBytes = file.Low.SeenBytes + booked.BookedLowBytes - totals.BookedLowBytes,
                GivenBytes = file.Low.GivenBytes + given,
            }
        ).Book(out long increase);
        if (low != file.Low)
            _files.SaveLow(delta.InfoHash, file, low);
        delta = delta with { LowBytes = increase, HighBytes = high, WasteBytes = waste };
        HourTable.Add(session, file.Key, hour, delta);
        if (networks is { AreKnown: true })
            NetworkTable.Add(session, file, hour, networks.Find(address), delta);
        return delta;
    }

    private long Stored(long sourceKey, in CheckedCounter counter, long fileKey) =>
        session.Scalar(
            "SELECT bytes FROM send_counter WHERE source_key = $1 AND hour_start = $2 AND file_key = $3 AND address = $4 "
                + "AND kind = $5",
            sourceKey,
            counter.HourStart,
            fileKey,
            counter.Address.ToString(),
            (int)counter.Kind
        );
}
