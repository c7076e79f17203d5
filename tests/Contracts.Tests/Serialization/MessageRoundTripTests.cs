using System.Collections;
using System.Globalization;
using System.Reflection;
using Distribution.Contracts.Serialization;
using Distribution.Contracts.Swarms;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Distribution.Contracts.Tests.Serialization;

public sealed class MessageRoundTripTests
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, MessageSamples.All.Count)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void A_message_arrives_as_it_was_sent(int index)
    {
        object sent = MessageSamples.All[index];
        var serializer = Services.GetRequiredService<Serializer>();
        object? received = serializer.Deserialize<object>(serializer.SerializeToArray(sent));
        Assert.Equal(sent.GetType(), received?.GetType());
        Assert.Equal(Describe(sent), Describe(received));
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void A_copy_is_equal(int index)
    {
        object sent = MessageSamples.All[index];
        Assert.Equal(Describe(sent), Describe(Services.GetRequiredService<DeepCopier>().Copy(sent)));
    }

    [Fact]
    public void Every_message_has_a_sample()
    {
        IEnumerable<string> messages = typeof(SwarmAnnounce)
            .Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
            .Where(type => type != typeof(TwentyBytesSurrogate) && type != typeof(ThirtyTwoBytesSurrogate))
            .Select(type => type.Name);
        Assert.Empty(messages.Except(MessageSamples.All.Select(sample => sample.GetType().Name)));
    }

    [Fact]
    public void A_difference_would_be_seen()
    {
        string[] described = [.. MessageSamples.All.Select(Describe)];
        Assert.Equal(described.Length, described.Distinct().Count());
        Assert.All(described, text => Assert.DoesNotContain("List`1", text, StringComparison.Ordinal));
    }

    /// <summary>All of a message as text, lists and nested messages included.</summary>
    private static string Describe(object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case string text:
                return text;
            case IEnumerable list:
                return $"[{string.Join(", ", list.Cast<object?>().Select(Describe))}]";
        }
        Type type = value.GetType();
        if (type.Namespace?.StartsWith("Distribution.Contracts", StringComparison.Ordinal) != true || type.IsEnum)
            return Convert.ToString(value, CultureInfo.InvariantCulture)!;
        IEnumerable<string> properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => $"{property.Name}={Describe(property.GetValue(value))}");
        return $"{type.Name}({string.Join(", ", properties)})";
    }
}
