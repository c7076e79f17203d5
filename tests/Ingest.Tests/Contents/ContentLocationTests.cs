using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Contents;

public sealed class ContentLocationTests
{
    private const string Secret = "c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU=";

    [Theory]
    [InlineData("./content", "./content")]
    [InlineData("C:\\content", "C:\\content")]
    public void Path_is_a_folder(string text, string folder)
    {
        Assert.True(ContentLocation.TryParse(text, out ContentLocation? location, out _));
        Assert.Equal(folder, location.Folder);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1/distribution")]
    [InlineData(
        $"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={Secret};EndpointSuffix=core.windows.net",
        "https://shop.blob.core.windows.net/distribution"
    )]
    [InlineData(
        $"BlobEndpoint=https://shop.blob.core.windows.net;SharedAccessSignature=sv=2024-01-01&sig={Secret}",
        $"https://shop.blob.core.windows.net/distribution"
    )]
    [InlineData("https://shop.blob.core.windows.net", "https://shop.blob.core.windows.net/distribution")]
    [InlineData("https://shop.blob.core.windows.net/videos", "https://shop.blob.core.windows.net/videos")]
    [InlineData("https://shop.blob.core.windows.net/videos/", "https://shop.blob.core.windows.net/videos")]
    [InlineData(
        $"http://127.0.0.1:10000/devstoreaccount1/videos?sv=2024-01-01&sr=c&sp=rwdl&sig={Secret}",
        "http://127.0.0.1:10000/devstoreaccount1/videos"
    )]
    public void Azure_is_a_container_whose_text_shows_no_secret(string text, string container)
    {
        Assert.True(ContentLocation.TryParse(text, out ContentLocation? location, out string? error), error);
        Assert.Null(location.Folder);
        Assert.Equal(container, location.Container("distribution", new()).Uri.GetLeftPart(UriPartial.Path));
        Assert.DoesNotContain(Secret, $"{location}", StringComparison.Ordinal);
        Assert.DoesNotContain(
            Secret,
            $"{new IngestOptions { Content = location, SendJournalPath = "x" }}",
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData($"AccountName=shop;AccountKey={Secret}!;x")]
    [InlineData($"AccountKey={Secret};AccountName=")]
    [InlineData("UseDevelopmentStorage=maybe")]
    [InlineData("ftp://shop.example/content")]
    [InlineData("http://shop.blob.core.windows.net/videos")]
    [InlineData($"https://user:{Secret}@shop.blob.core.windows.net/videos")]
    [InlineData("https://shop.blob.core.windows.net/videos/film.mp4")]
    public void Anything_else_is_refused_without_repeating_it(string text)
    {
        Assert.False(ContentLocation.TryParse(text, out _, out string? error));
        Assert.NotEmpty(error);
        Assert.DoesNotContain("c2Vj", error, StringComparison.Ordinal);
    }
}
