using System.Text;
using Distribution.BitTorrent.Metainfo;
using Distribution.Ingest.Uploads;
using FsCheck.Xunit;

namespace Distribution.Ingest.Tests.Uploads;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("film.mp4")]
    [InlineData(".hidden")]
    [InlineData("日本語 – ёлка.mkv")]
    [InlineData("100% & more; (1) [x] {y} 'z'.webm")]
    [InlineData("console.log")]
    [InlineData("COM.txt")]
    [InlineData("COM10.txt")]
    [InlineData("😀.mp4")]
    public void Plain_names_pass(string name) => Assert.Null(FileNames.Check(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("\\\\server\\x")]
    [InlineData("C:x")]
    [InlineData("x:stream")]
    [InlineData("x\0")]
    [InlineData("x\u0085")]
    [InlineData("x\u007f")]
    [InlineData("x\u2028")]
    [InlineData("x\u202e")]
    [InlineData("x.")]
    [InlineData("x ")]
    [InlineData(" x")]
    [InlineData("con")]
    [InlineData("Aux.mp4")]
    [InlineData("LPT9.tar.gz")]
    [InlineData("COM².x")]
    [InlineData("NUL .txt")]
    [InlineData("what?.mp4")]
    public void Names_that_could_be_more_than_a_name_are_refused(string name) =>
        Assert.NotEmpty(FileNames.Check(name)!);

    [Fact]
    public void Half_a_character_is_refused()
    {
        Assert.NotNull(FileNames.Check("\ud800x"));
        Assert.NotNull(FileNames.Check("x\udc00"));
    }

    [Fact]
    public void Length_is_counted_in_bytes()
    {
        Assert.Null(FileNames.Check(new string('a', 255)));
        Assert.NotNull(FileNames.Check(new string('a', 256)));
        Assert.NotNull(FileNames.Check(new string('ä', 128)));
    }

    [Property(MaxTest = 2000)]
    public void What_passes_stays_in_its_folder_and_in_a_torrent(string? name)
    {
        if (name is null || FileNames.Check(name) is not null)
            return;
        Assert.True(TorrentInfo.IsSafePathElement(name));
        Assert.Equal(name, Path.GetFileName(name));
        Assert.Equal(Path.Combine("/folder", name), Path.GetFullPath(Path.Combine("/folder", name)));
        Assert.Equal(name, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)));
    }
}
