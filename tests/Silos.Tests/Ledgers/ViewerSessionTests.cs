using System.Net;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Tests.Ledgers;

public sealed class ViewerSessionTests
{
    private const long Size = 1_000_000;

    [Fact]
    public void Credit_is_how_far_left_has_fallen()
    {
        ViewerSession session = After(Started(Size), Regular(600_000), Regular(250_000));

        Assert.Equal(750_000, session.CreditBytes);
        Assert.Equal(ViewerPhase.Counted, session.Phase);
    }

    [Fact]
    public void Repeats_late_arrivals_and_a_rising_left_add_nothing()
    {
        ViewerSession session = After(
            Started(Size),
            Regular(250_000),
            Regular(600_000),
            Regular(250_000),
            Started(Size)
        );

        Assert.Equal(750_000, session.CreditBytes);
        Assert.Equal(session, session.Next(Regular(250_000), Size, long.MaxValue));
    }

    [Fact]
    public void Completed_twice_counts_once()
    {
        ViewerSession session = After(Started(Size), Completed(), Completed(), Regular(0));

        Assert.Equal(Size, session.CreditBytes);
        Assert.True(session.Completed);
    }

    [Fact]
    public void A_resumed_client_is_credited_what_was_left()
    {
        Assert.Equal(400_000, After(Started(400_000), Completed()).CreditBytes);
    }

    [Fact]
    public void A_client_that_leaves_with_nothing_left_has_completed()
    {
        Assert.True(After(Started(Size), Regular(0) with { Event = AnnounceEvent.Stopped }).Completed);
        Assert.False(After(Started(0), Regular(0) with { Event = AnnounceEvent.Stopped }).Completed);
    }

    [Fact]
    public void A_seed_and_a_late_completed_are_credited_nothing()
    {
        Assert.Equal(0, After(Started(0), Regular(0)).CreditBytes);
        Assert.Equal(0, After(Completed()).CreditBytes);
        Assert.Equal(0, After(Regular(0), Completed()).CreditBytes);
    }

    [Theory]
    [InlineData(16384)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(Size + 1)]
    public void Before_metadata_left_means_nothing(long placeholder)
    {
        ViewerSession waiting = After(Started(placeholder), Regular(placeholder), Regular(placeholder));
        Assert.Equal(ViewerPhase.AwaitsMetadata, waiting.Phase);
        Assert.Equal(0, waiting.CreditBytes);

        // It began with nothing, so what is missing from the size was delivered.
        ViewerSession learnt = waiting.Next(Regular(700_000, nothingDownloaded: false), Size, long.MaxValue);
        Assert.Equal(300_000, learnt.CreditBytes);
        Assert.Equal(Size, learnt.Next(Completed(), Size, long.MaxValue).CreditBytes);
        Assert.Equal(Size, waiting.Next(Completed(), Size, long.MaxValue).CreditBytes);
    }

    [Fact]
    public void A_client_that_finds_the_file_on_its_disk_is_credited_nothing()
    {
        Assert.Equal(0, After(Started(long.MaxValue), Regular(0)).CreditBytes);
        // ... or a part of it: it says so with a second start.
        Assert.Equal(0, After(Started(long.MaxValue), Started(300_000)).CreditBytes);
        Assert.Equal(300_000, After(Started(long.MaxValue), Started(300_000), Completed()).CreditBytes);
    }

    [Fact]
    public void A_start_after_zero_sets_the_baseline()
    {
        Assert.Equal(400_000, After(Started(0), Regular(0), Started(400_000), Completed()).CreditBytes);
        // But none that follows a credit.
        Assert.Equal(400_000, After(Started(400_000), Completed(), Started(Size), Completed()).CreditBytes);
    }

    [Fact]
    public void A_file_of_one_block_has_no_placeholder_of_that_size()
    {
        ViewerSession session = default(ViewerSession)
            .Next(Started(16384), 16384, long.MaxValue)
            .Next(Completed(), 16384, long.MaxValue);

        Assert.Equal(16384, session.CreditBytes);
    }

    [Fact]
    public void Uploads_count_above_the_first_claim_and_within_reason()
    {
        ViewerSession session = After(Regular(Size) with { UploadedBytes = 5_000 });
        Assert.Equal(0, session.GivenBytes);

        session = session.Next(Regular(Size) with { UploadedBytes = 7_000 }, Size, 10_000);
        session = session.Next(Regular(Size) with { UploadedBytes = 6_000 }, Size, 10_000);
        Assert.Equal(2_000, session.GivenBytes);

        session = session.Next(Regular(Size) with { UploadedBytes = long.MaxValue }, Size, 10_000);
        Assert.Equal(5_000, session.GivenBytes);
    }

    internal static ViewerAnnounce Started(long left) => Announce(AnnounceEvent.Started, left, true);

    internal static ViewerAnnounce Regular(long left, bool nothingDownloaded = true) =>
        Announce(AnnounceEvent.None, left, nothingDownloaded);

    internal static ViewerAnnounce Completed() => Announce(AnnounceEvent.Completed, 0, false);

    private static ViewerAnnounce Announce(AnnounceEvent announceEvent, long left, bool nothingDownloaded) =>
        new(default, IPAddress.Loopback, announceEvent, left, 0, nothingDownloaded ? 0 : -1);

    private static ViewerSession After(params ViewerAnnounce[] announces) =>
        announces.Aggregate(
            default(ViewerSession),
            static (session, announce) => session.Next(announce, Size, long.MaxValue)
        );
}
