using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Silos.Files;

namespace Distribution.Silos.Tests.Files;

public sealed class FileLifeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly FileContent Content = new(
        new InfoHash("hhhhhhhhhhhhhhhhhhhh"u8),
        65536,
        16,
        new string('0', 64)
    );

    internal static PublishedFile NewFile(string id = "f1", string publisher = "default", int minutes = 0) =>
        new()
        {
            Id = id,
            PublisherId = publisher,
            Title = "Film",
            Name = "film.mp4",
            ContentType = "video/mp4",
            SizeBytes = 1_000_000,
            State = FileState.Uploading,
            CreatedAt = Now.AddMinutes(minutes),
        };

    [Fact]
    public void Creating_twice_is_one_change()
    {
        PublishedFile file = FileLife.Create(null, NewFile());

        Assert.Same(file, FileLife.Create(file, NewFile() with { CreatedAt = Now.AddHours(1) }));
        Assert.Throws<InvalidOperationException>(() => FileLife.Create(file, NewFile() with { SizeBytes = 2 }));
    }

    [Fact]
    public void A_new_version_follows_the_first_and_takes_over_the_policy_of_the_one_before()
    {
        PublishedFile first = FileLife.Publish(FileLife.Create(null, NewFile()), Content, Now);
        PublishedFile second = FileLife.ReplaceWith(NewFile("f2"), first with { Policy = PeerPolicy.Off });
        second = FileLife.Publish(FileLife.Create(null, second), Content, Now);

        PublishedFile third = FileLife.ReplaceWith(NewFile("f3"), FileLife.Unpublish(second, Now));

        Assert.Equal(("f1", "f1", PeerPolicy.Off), (second.Replaces, second.FirstVersionId, second.Policy));
        Assert.Equal(("f2", "f1", PeerPolicy.Off), (third.Replaces, third.FirstVersionId, third.Policy));
        Assert.Throws<InvalidOperationException>(() => FileLife.ReplaceWith(NewFile("f4", "other"), first));
        Assert.Throws<InvalidOperationException>(() => FileLife.ReplaceWith(NewFile("f4"), NewFile("never-published")));
        Assert.Throws<InvalidOperationException>(() => FileLife.ReplaceWith(NewFile("f4"), null));
    }

    [Fact]
    public void Publishing_twice_is_one_change()
    {
        PublishedFile file = FileLife.Publish(FileLife.Create(null, NewFile()), Content, Now);

        Assert.Equal(FileState.Published, file.State);
        Assert.Equal(Now, file.PublishedAt);
        Assert.Same(file, FileLife.Publish(file, Content, Now.AddHours(1)));
        Assert.Throws<InvalidOperationException>(() =>
            FileLife.Publish(file, Content with { PieceLengthBytes = 1 }, Now)
        );
    }

    [Fact]
    public void What_the_operator_took_down_the_operator_alone_brings_back()
    {
        PublishedFile file = FileLife.Publish(FileLife.Create(null, NewFile()), Content, Now);

        PublishedFile down = FileLife.TakeDown(file, "a court order", Now);

        Assert.Equal(
            (FileState.Unpublished, true, "a court order"),
            (down.State, down.IsTakenDown, down.TakedownReason)
        );
        Assert.Same(down, FileLife.TakeDown(down, "a court order", Now.AddHours(1)));
        Assert.Throws<InvalidOperationException>(() => FileLife.Restore(down, Now.AddHours(1)));
        Assert.Throws<InvalidOperationException>(() => FileLife.Restore(down, Now.AddHours(24), byOperator: true));
        PublishedFile back = FileLife.Restore(down, Now.AddHours(1), byOperator: true);
        Assert.Equal(file, back);
        // Also where its publisher had unpublished it before: it does not come back by that way.
        PublishedFile both = FileLife.TakeDown(FileLife.Unpublish(file, Now), "a court order", Now.AddHours(1));
        Assert.Equal(Now, both.UnpublishedAt);
        Assert.Throws<InvalidOperationException>(() => FileLife.Restore(both, Now.AddHours(2)));
    }

    [Fact]
    public void A_late_repeat_does_not_bring_a_file_back()
    {
        PublishedFile file = FileLife.Unpublish(FileLife.Publish(FileLife.Create(null, NewFile()), Content, Now), Now);

        Assert.Equal(FileState.Unpublished, file.State);
        Assert.Same(file, FileLife.Unpublish(file, Now.AddHours(1)));
        Assert.Throws<InvalidOperationException>(() => FileLife.Publish(file, Content, Now));
        Assert.Throws<InvalidOperationException>(() => FileLife.Fail(file, "late"));
    }

    [Fact]
    public void A_takedown_can_be_undone_for_a_day()
    {
        PublishedFile published = FileLife.Publish(FileLife.Create(null, NewFile()), Content, Now);
        PublishedFile down = FileLife.Unpublish(published, Now);

        PublishedFile back = FileLife.Restore(down, Now.AddHours(23));

        Assert.Equal(published, back);
        Assert.Same(back, FileLife.Restore(back, Now.AddDays(9)));
        Assert.Throws<InvalidOperationException>(() => FileLife.Restore(down, Now.AddHours(24)));
        Assert.Throws<InvalidOperationException>(() => FileLife.Restore(FileLife.Create(null, NewFile()), Now));
        PublishedFile never = FileLife.Unpublish(FileLife.Create(null, NewFile()), Now);
        Assert.Throws<InvalidOperationException>(() => FileLife.Restore(never, Now));
    }

    [Fact]
    public void The_first_failure_stays()
    {
        PublishedFile file = FileLife.Fail(FileLife.Create(null, NewFile()), "no space");

        Assert.Equal("no space", FileLife.Fail(file, "other").FailureReason);
        Assert.Throws<InvalidOperationException>(() => FileLife.Publish(file, Content, Now));
    }

    [Fact]
    public void Null_leaves_a_field_as_it_is()
    {
        PublishedFile file = FileLife.Create(null, NewFile());

        Assert.Same(file, FileLife.Update(file, null, null));
        Assert.Equal("Other", FileLife.Update(file, "Other", null).Title);
        Assert.Equal(PeerPolicy.Off, FileLife.Update(file, null, PeerPolicy.Off).Policy);
    }
}
