using System.Net;
using Distribution.Contracts.Networks;

namespace Distribution.Contracts.Tests.Networks;

public sealed class AddressScopesTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressScope.Global)]
    [InlineData("198.18.0.20", AddressScope.Global)]
    [InlineData("127.0.0.1", AddressScope.Loopback)]
    [InlineData("127.255.1.1", AddressScope.Loopback)]
    [InlineData("10.1.2.3", AddressScope.Private)]
    [InlineData("172.16.0.1", AddressScope.Private)]
    [InlineData("172.32.0.1", AddressScope.Global)]
    [InlineData("192.168.1.1", AddressScope.Private)]
    [InlineData("100.64.0.1", AddressScope.CarrierShared)]
    [InlineData("169.254.1.1", AddressScope.LinkLocal)]
    [InlineData("0.0.0.0", AddressScope.Unusable)]
    [InlineData("224.0.0.1", AddressScope.Unusable)]
    [InlineData("255.255.255.255", AddressScope.Unusable)]
    [InlineData("2001:db8::1", AddressScope.Global)]
    [InlineData("::1", AddressScope.Loopback)]
    [InlineData("::", AddressScope.Unusable)]
    [InlineData("fe80::1", AddressScope.LinkLocal)]
    [InlineData("fd00::1", AddressScope.Private)]
    [InlineData("fec0::1", AddressScope.Private)]
    [InlineData("ff02::1", AddressScope.Unusable)]
    [InlineData("::ffff:10.0.0.1", AddressScope.Private)]
    public void Scopes(string address, AddressScope expected)
    {
        Assert.Equal(expected, AddressScopes.ScopeOf(IPAddress.Parse(address)));
    }

    [Fact]
    public void Only_the_same_kind_hears_of_a_private_address()
    {
        foreach (AddressScope subject in Enum.GetValues<AddressScope>())
        {
            foreach (AddressScope receiver in Enum.GetValues<AddressScope>())
            {
                bool expected =
                    subject == AddressScope.Global || (subject == receiver && subject != AddressScope.Unusable);
                Assert.Equal(expected, AddressScopes.MayTell(subject, receiver));
            }
        }
    }
}
