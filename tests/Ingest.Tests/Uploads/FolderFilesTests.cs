using Distribution.Ingest.Contents;
using Distribution.Ingest.Uploads;

namespace Distribution.Ingest.Tests.Uploads;

public sealed class FolderFilesTests
{
    [Fact]
    public void Folders_that_every_system_can_hold_are_taken()
    {
        Assert.Null(Check("a.mp4"));
        Assert.Null(Check("Staffel 1/Folge 1.mp4", "Staffel 1/Folge 2.mp4", "Staffel 2/Folge 1.mp4", "readme"));
        Assert.Null(Check("a/b", "a.b", "a b"));
        Assert.Null(FolderFiles.Check([new("full", 1), new("empty", 0)]));
        Assert.Null(
            FolderFiles.Check([.. Enumerable.Range(0, FolderFiles.MaxCount).Select(i => new ContentFile($"f/{i}", 1))])
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("C:/a")]
    [InlineData("a/nul.txt/b")]
    [InlineData("a/b\u0000")]
    [InlineData(".pad/0")]
    [InlineData("a/.PAD/0")]
    public void Paths_that_mean_something_else_somewhere_are_refused(string path) =>
        Assert.NotNull(Check("good.mp4", path));

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a/b", "a/b")]
    [InlineData("Film.mp4", "film.MP4")]
    [InlineData("A/ä", "a/Ä")]
    [InlineData("a", "a/b")]
    [InlineData("a/b/c", "A/B")]
    public void Paths_that_would_fall_on_each_other_are_refused(string one, string other)
    {
        Assert.NotNull(Check(one, other));
        Assert.NotNull(Check(other, one));
    }

    [Fact]
    public void Bounds_are_kept()
    {
        Assert.NotNull(Check("no surrogate stands alone: \ud800"));
        Assert.NotNull(FolderFiles.Check([]));
        Assert.NotNull(
            FolderFiles.Check([
                .. Enumerable.Range(0, FolderFiles.MaxCount + 1).Select(i => new ContentFile($"f/{i}", 1)),
            ])
        );
        Assert.Null(Check(string.Join('/', Enumerable.Repeat("a", FolderFiles.MaxDepth))));
        Assert.NotNull(Check(string.Join('/', Enumerable.Repeat("a", FolderFiles.MaxDepth + 1))));
        Assert.NotNull(Check(string.Join('/', Enumerable.Repeat(new string('a', 250), 9))));
        Assert.NotNull(FolderFiles.Check([new("a", -1)]));
        Assert.NotNull(FolderFiles.Check([new("a", long.MaxValue), new("b", 1)]));
        Assert.NotNull(FolderFiles.Check([new("a", 0), new("b", 0)]));
    }

    private static string? Check(params string[] paths) =>
        FolderFiles.Check([.. paths.Select(path => new ContentFile(path, 1))]);
}
