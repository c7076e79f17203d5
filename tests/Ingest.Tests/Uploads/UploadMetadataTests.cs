using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Uploads;

namespace Distribution.Ingest.Tests.Uploads;

public sealed class UploadMetadataTests
{
    [Fact]
    public void Title_falls_back_to_the_name_and_the_type_to_bytes()
    {
        Assert.True(UploadMetadata.TryParse(Tus.Metadata("a.bin"), out UploadMetadata? metadata, out _));
        Assert.Equal(
            ("a.bin", "a.bin", "application/octet-stream"),
            (metadata!.Name, metadata.Title, metadata.ContentType)
        );
    }

    [Fact]
    public void Type_loses_its_parameters_and_unknown_keys_are_let_be()
    {
        string header =
            Tus.Metadata("a.mp4", "Video/MP4; codecs=\"avc1\"", "Der Film: Teil 1/2")
            + ",is_secret, relativePath bnVsbA==";
        Assert.True(UploadMetadata.TryParse(header, out UploadMetadata? metadata, out _));
        Assert.Equal(("Der Film: Teil 1/2", "video/mp4"), (metadata!.Title, metadata.ContentType));
        Assert.Equal(header, metadata.Raw);
    }

    [Theory]
    [InlineData("")]
    [InlineData("filename")]
    [InlineData("filename !!!")]
    [InlineData("filename YQ== extra")]
    [InlineData("filename YQ==,filename Yg==")]
    [InlineData("filename /w==")] // no UTF-8
    [InlineData("filename YQ==,title AA==")] // NUL
    [InlineData("filename YQ==,filetype dmlkZW8=")] // "video"
    [InlineData("filename YQ==,filetype dGV4dC9odG1sDQpYOiB5")] // a header of its own
    public void Broken_metadata_is_refused(string header)
    {
        Assert.False(UploadMetadata.TryParse(header, out _, out var problem));
        Assert.NotNull(problem);
    }
}
