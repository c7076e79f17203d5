using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Tests.Text;

public class ByteTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(9_994, "9.99 kB")]
    [InlineData(9_996, "10.0 kB")]
    [InlineData(99_960, "100 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.00 MB")]
    [InlineData(734_003_200, "734 MB")]
    [InlineData(1_500_000_000, "1.50 GB")]
    [InlineData(long.MaxValue, "9.22 EB")]
    public void One_figure(long bytes, string text) => Assert.Equal(text, ByteText.Of(bytes));

    [Theory]
    [InlineData(0, 0, "0 B")]
    [InlineData(1_200_000, 1_201_000, "1.20 MB")]
    [InlineData(1_200_000, 3_400_000, "1.20–3.40 MB")]
    [InlineData(900_000, 3_400_000, "900 kB – 3.40 MB")]
    [InlineData(0, 3_400_000, "0–3.40 MB")]
    public void Two_ends(long low, long high, string text) => Assert.Equal(text, ByteText.Of(low, high));

    [Theory]
    [InlineData(5_000_000_000, "5 GB")]
    [InlineData(2_500_000, "2.5 MB")]
    [InlineData(20, "20 B")]
    public void Round_figures(long bytes, string text) => Assert.Equal(text, ByteText.Round(bytes));

    [Theory]
    [InlineData(1, "1 byte")]
    [InlineData(1_234_567, "1,234,567 bytes")]
    public void Exact_figures(long bytes, string text) => Assert.Equal(text, ByteText.Exact(bytes));
}
